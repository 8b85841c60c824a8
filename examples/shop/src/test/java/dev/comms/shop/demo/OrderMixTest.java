package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.shop.services.Catalogue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderMixTest {

  @Test
  void ofFiftyOrdersAtLeastFortyCanCompleteAndEveryTroubleIsThere() {
    OrderMix mix = OrderMix.of(50, 1);

    assertThat(mix.expected().outOfStock()).isGreaterThanOrEqualTo(3);
    assertThat(users(mix, Catalogue.FLAKY_USER)).isGreaterThanOrEqualTo(2);
    assertThat(users(mix, Catalogue.BROKEN_USER)).isGreaterThanOrEqualTo(1);
    assertThat(mix.expected().paymentRetries()).isEqualTo(3);
    assertThat(mix.expected().deadLettered()).isEqualTo(users(mix, Catalogue.BROKEN_USER));
    assertThat(mix.expected().rejected()).isEqualTo(users(mix, "user-unknown"));
    long cannot =
        mix.expected().outOfStock()
            + users(mix, Catalogue.BROKEN_USER)
            + users(mix, "user-unknown");
    assertThat(50 - cannot).isGreaterThanOrEqualTo(40);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 10, 49, 50, 1_000})
  void thereAreAsManyOrdersAsAskedAndTheScarceProductLacksExactlyAsManyAsSaid(int count) {
    OrderMix mix = OrderMix.of(count, 7);

    assertThat(mix.orders()).hasSize(count);
    long wanted =
        mix.orders().stream().filter(order -> order.productId() == Catalogue.SCARCE).count();
    assertThat(wanted - mix.scarcePieces()).isEqualTo(mix.expected().outOfStock());
    assertThat(mix.scarcePieces()).isNotNegative();
  }

  @Test
  void theSeedDecidesTheSequenceAndNotTheCounts() {
    assertThat(OrderMix.of(50, 3)).isEqualTo(OrderMix.of(50, 3));
    assertThat(OrderMix.of(50, 3).orders()).isNotEqualTo(OrderMix.of(50, 4).orders());
    assertThat(OrderMix.of(50, 3).expected().outOfStock())
        .isEqualTo(OrderMix.of(50, 4).expected().outOfStock());
  }

  private static long users(OrderMix mix, String user) {
    return mix.orders().stream().filter(order -> order.userId().equals(user)).count();
  }
}
