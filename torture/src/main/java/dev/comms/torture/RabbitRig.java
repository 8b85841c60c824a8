package dev.comms.torture;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.comms.Comms;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Backoff;
import dev.comms.contract.Codec;
import dev.comms.contract.Task;
import dev.comms.rabbit.RabbitConfig;
import dev.comms.rabbit.RabbitTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.brokers.RabbitCluster;
import dev.comms.testkit.brokers.RabbitMember;
import dev.comms.testkit.history.History;
import dev.comms.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tasks on a RabbitMQ of one node; one service submits, two work. */
final class RabbitRig implements Rig {
  private static final Task<byte[]> TASK =
      Task.named("torture.work", Codec.bytes())
          .eachAttemptWithin(Duration.ofSeconds(5))
          .attempts(4)
          .backoff(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(2)));
  private static final String SPACE = "torture";

  private final RabbitCluster cluster;
  private final RabbitMember node;
  private final FaultProxy proxy;
  private final Services services = new Services();
  private @Nullable Tasks tasks;

  RabbitRig(Brokers brokers, long seed) {
    cluster = brokers.rabbitNodes(1);
    node = cluster.nodes().get(0);
    proxy = FaultProxy.to("127.0.0.1", node.port(), seed);
  }

  @Override
  public String broker() {
    return "rabbitmq " + cluster.version();
  }

  @Override
  public void start(History history, Ledger ledger) {
    for (String name : List.of("worker-1", "worker-2")) {
      Comms comms = services.comms(name, history);
      comms
          .tasks(history.tasks(transport()))
          .handle(TASK, Workers.of(8), (body, context) -> Work.task(ledger, body, context));
      comms.start();
    }
    Comms comms = services.comms("submitter", history);
    tasks = comms.tasks(history.tasks(transport()));
    comms.start();
  }

  private RabbitTransport transport() {
    return RabbitTransport.of(
        RabbitConfig.at("amqp://guest:guest@" + proxy.address())
            .confirmedWithin(Breakages.LIMIT)
            .namespace(SPACE));
  }

  @Override
  public void operate(int slot, int number) {
    Started.of(tasks).submit(TASK, Payload.of(number, slot));
  }

  @Override
  public List<Breakage> breakages() {
    List<Breakage> all = new ArrayList<>(Breakages.network(proxy));
    all.addAll(Breakages.node(node));
    return all;
  }

  @Override
  public Handshake handshake() {
    return Handshake.amqp(proxy::address);
  }

  /** Its counts of quorum queues are some seconds old, so they are asked for at the end only. */
  @Override
  public long unsettled() {
    return 0;
  }

  /**
   * What is in all queues but those of the dead letters, by asking each: when nobody consumes, all
   * that it has is ready, and the answer is its leader's own.
   */
  private long ready() {
    ConnectionFactory factory = new ConnectionFactory();
    try {
      factory.setUri(node.address());
      long all = 0;
      try (Connection connection = factory.newConnection("torture look");
          Channel channel = connection.createChannel()) {
        for (String queue : queues()) {
          all += channel.messageCount(queue);
        }
      }
      return all;
    } catch (IOException | TimeoutException | GeneralSecurityException | URISyntaxException away) {
      throw new IllegalStateException("rabbitmq: its queues cannot be looked at", away);
    }
  }

  private List<String> queues() {
    List<String> names =
        node.ctl("-q", "list_queues", "name")
            .lines()
            .filter(line -> line.startsWith(SPACE) && !line.endsWith(":dlq"))
            .toList();
    if (names.isEmpty()) {
      throw new IllegalStateException("rabbitmq: no queue of " + SPACE + " is there");
    }
    return names;
  }

  @Override
  public void remains(History history) {
    Letters.of(history, TASK.name(), "", Started.of(tasks).deadLetters(TASK));
    services.close();
    history.left(TASK.name(), ready());
  }

  @Override
  public void stop() {
    services.close();
  }

  @Override
  public long connections() {
    return proxy.connections();
  }

  @Override
  public long channels() {
    return node.ctl("-q", "list_channels", "pid")
        .lines()
        .filter(line -> line.startsWith("<"))
        .count();
  }

  @Override
  public void close() {
    services.close();
    proxy.close();
    cluster.close();
  }
}
