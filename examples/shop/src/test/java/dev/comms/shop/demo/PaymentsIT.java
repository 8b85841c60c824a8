package dev.comms.shop.demo;

import static dev.comms.shop.contracts.Contracts.CHARGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.shop.payments.v1.ChargeRequest;
import dev.comms.shop.payments.v1.ChargeResponse;
import dev.comms.shop.services.Payments;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PaymentsIT {
  private static final ChargeRequest ONE =
      ChargeRequest.newBuilder()
          .setOrderId("order-1")
          .setUserId("user-1")
          .setAmountCents(1245)
          .build();

  private ShopRun shop;
  private Calls calls;

  @BeforeEach
  void start() throws Exception {
    shop = new ShopRun();
    Payments payments = shop.start(new Payments(shop.ways, shop.sql));
    Comms comms = shop.other();
    calls = comms.calls(shop.ways.callsTo(payments.address()));
    comms.start();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void anOrderThatIsChargedOftenAndAtOnceIsPaidOnceAndHasOneReceipt() throws Exception {
    List<CompletableFuture<ChargeResponse>> answers =
        IntStream.range(0, 6).mapToObj(i -> calls.callAsync(CHARGE, ONE)).toList();

    assertThat(answers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(shop.count("authorisations where order_id = 'order-1'")).isEqualTo(1);
  }

  @Test
  void aChargeWhoseRowIsForgottenIsPaidTwiceAndTheCardNetworkTellsSo() throws Exception {
    calls.call(CHARGE, ONE);
    shop.sql.update("delete from charges where order_id = 'order-1'");

    calls.call(CHARGE, ONE);

    assertThat(shop.count("charges")).isEqualTo(1);
    assertThat(Investigation.paid(shop.sql)).containsEntry("order-1", 2);
  }
}
