package dev.comms.example.orders;

import static dev.comms.testkit.CommsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import dev.comms.testkit.TestComms;
import org.junit.jupiter.api.Test;

class FaultsTest {

  @Test
  void anOrderWhoseEventIsNotConfirmedSaysSo() {
    // tag::faults[]
    try (TestComms comms = TestComms.create()) {
      comms.serve().answer(Orders.STOCK, (item, context) -> 1);
      comms.faults().lostConfirm().times(1).on(Orders.ORDERED);
      Orders orders = new Orders(comms.calls(), comms.tasks(), comms.events());

      assertThatThrownBy(() -> orders.order("book"))
          .isInstanceOf(CommsException.UnknownOutcome.class);
      assertThat(comms).called(Orders.STOCK).published(Orders.ORDERED).once().nothingElse();
    }
    // end::faults[]
  }
}
