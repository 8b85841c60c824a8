package dev.comms.torture;

import static dev.comms.spi.DeadLetters.Choice.KEEP;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Comms;
import dev.comms.Tasks;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.policy.Policies;
import dev.comms.rabbit.RabbitTransport;
import dev.comms.testkit.brokers.BrokerKind;
import dev.comms.testkit.brokers.BrokerNames;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.brokers.WithBrokers;
import dev.comms.testkit.history.History;
import dev.comms.testkit.history.HistoryCheck;
import dev.comms.testkit.proxy.Applied;
import dev.comms.testkit.proxy.Direction;
import dev.comms.testkit.proxy.FaultProxy;
import dev.comms.testkit.proxy.NetworkFault;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What docs/testing.md shows of real brokers and bad networks; compiled, so that it stays true. */
final class Samples {
  private Samples() {}

  // tag::brokers[]
  @WithBrokers(BrokerKind.RABBIT)
  static class OrdersIT {
    @Test
    void anOrderIsTaken(Brokers brokers, BrokerNames names) {
      try (Orders orders = new Orders(brokers.rabbit().address(), names.of("orders"))) {
        assertThat(orders.take("book")).isTrue();
      }
    }
  }

  // end::brokers[]

  /** A user's own. */
  record Orders(String address, String queue) implements AutoCloseable {
    boolean take(String item) {
      return !item.isEmpty();
    }

    @Override
    public void close() {
      // nothing was opened
    }
  }

  /** A user's own. */
  record Client(String host, int port) {
    boolean submit(String item) {
      return item.isEmpty();
    }
  }

  static class Network {
    // tag::proxy[]
    // It listens on a free port at once.
    @AutoClose FaultProxy proxy = FaultProxy.to("127.0.0.1", 5672);

    @Test
    void whatIsSubmittedWhileTheAnswersAreLostIsSubmittedOnce() {
      Client client = new Client(proxy.host(), proxy.port());
      Applied lost = proxy.apply(NetworkFault.blackHole().towards(Direction.CLIENT));
      assertThat(client.submit("book")).as("confirmed").isFalse();
      lost.close(); // takes this one away; proxy.heal() takes all
    }
    // end::proxy[]
  }

  static void recorded(
      Path file, MeterRegistry meters, String uri, Task<String> mail, Deadline soon) {
    // tag::history[]
    try (History history = History.to(file, "orders");
        Comms comms =
            Comms.service("orders", meters)
                .policies(history.policies(Policies.standard()))
                .build()) {
      Tasks tasks =
          comms.tasks(history.tasks(RabbitTransport.at(uri).confirmedWithin(ofSeconds(5))));
      comms.start();
      // ... submit, handle, break things; then let all end, and write down what is left:
      tasks
          .deadLetters(mail)
          .sweep(
              letter -> {
                history.dead(mail.name(), "", letter.message().id(), letter.reason());
                return KEEP;
              },
              soon)
          .join();
      history.left(mail.name(), 0); // as the broker says
      history.drained(); // without this line nothing is proven
    }
    assertThat(HistoryCheck.of(file).violations()).isEmpty();
    // end::history[]
  }
}
