package dev.comms.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.comms.contract.Codec;
import dev.comms.contract.Task;
import dev.comms.spi.TaskTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.TaskConformance;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;

/** What every task transport promises, on a real RabbitMQ. */
class RabbitTransportIT extends TaskConformance {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Set<String> SPACES = new TreeSet<>();

  @Override
  protected TaskTransport transport(String space) {
    SPACES.add(space);
    return RabbitTransport.of(config().namespace(space));
  }

  @AfterAll
  static void leaveNothingOnTheBroker() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(config().uri());
    factory.setVirtualHost(config().virtualHost());
    Task<byte[]> task = Task.named("kit.work", Codec.bytes()).eachAttemptWithin(LIMIT);
    try (Connection connection = factory.newConnection("kit cleaner")) {
      for (String space : SPACES) {
        TestService.delete(connection.createChannel(), new Topology(space), task);
      }
    }
  }

  private static RabbitConfig config() {
    return RabbitConfig.at(Brokers.shared().rabbit().address()).confirmedWithin(LIMIT);
  }
}
