package dev.comms.shop.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.shop.gateway.SseHub.Message;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SseHubTest {
  private final SseHub hub = new SseHub(2, 3);

  @Test
  void aClientGetsItsTopicInOrderAndNothingElse() throws InterruptedException {
    try (SseHub.Client mine = hub.connect("a");
        SseHub.Client all = hub.connect(null)) {
      hub.publish("a", message("1"));
      hub.publish("b", message("2"));

      assertThat(Objects.requireNonNull(mine.next(1_000)).id()).isEqualTo("1");
      assertThat(mine.next(0)).isNull();
      assertThat(Objects.requireNonNull(all.next(1_000)).id()).isEqualTo("1");
      assertThat(Objects.requireNonNull(all.next(1_000)).id()).isEqualTo("2");
    }
  }

  @Test
  void aClientThatDoesNotKeepUpIsDisconnectedAndTheOthersAreNot() {
    try (SseHub.Client slow = hub.connect("a");
        SseHub.Client other = hub.connect("b")) {
      for (int i = 0; i < 4; i++) {
        hub.publish("a", message(String.valueOf(i)));
      }

      assertThat(slow.ended()).isTrue();
      assertThat(other.ended()).isFalse();
    }
  }

  @Test
  void thereIsNoPlaceForOneMoreUntilOneLeaves() {
    SseHub.Client first = hub.connect("a");
    hub.connect("b");

    assertThatThrownBy(() -> hub.connect("c"))
        .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.status()).isEqualTo(503));

    first.close();
    first.close();
    assertThat(hub.connect("c").ended()).isFalse();
    assertThat(hub.connected()).isEqualTo(2);
  }

  @Test
  void closingEndsEveryClient() throws InterruptedException {
    try (SseHub.Client client = hub.connect(null)) {
      hub.close();

      assertThat(client.ended()).isTrue();
      assertThat(client.next(1_000)).isNull();
    }
  }

  private static Message message(String id) {
    return new Message(id, "status", "{}");
  }
}
