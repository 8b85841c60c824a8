package dev.comms.example.orders;

import static dev.comms.testkit.CommsAssertions.assertThat;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Workers;
import dev.comms.testkit.CommsTest;
import dev.comms.testkit.TestComms;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// tag::test[]
@CommsTest
class OrdersTest {
  private final List<String> mails = new ArrayList<>();

  @Test
  void whatIsInStockIsOrderedAndItsReviewIsAskedForTenMinutesLater(TestComms comms) {
    comms.serve().answer(Orders.STOCK, (item, context) -> item.equals("book") ? 3 : 0);
    comms.tasks().handle(Orders.REVIEW_MAIL, Workers.of(1), (item, context) -> mails.add(item));
    Orders orders = new Orders(comms.calls(), comms.tasks(), comms.events());

    assertThat(orders.order("book")).isTrue();
    assertThat(orders.order("unicorn")).isFalse();

    assertThat(comms).published(Orders.ORDERED).once().withKey("book");
    assertThat(comms).neverHandled(Orders.REVIEW_MAIL);
    comms.clock().advance(ofMinutes(10));
    assertThat(mails).containsExactly("book");
  }
}
// end::test[]
