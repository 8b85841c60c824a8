package dev.comms.torture;

import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.contract.Backoff;
import dev.comms.contract.Codec;
import dev.comms.contract.Event;
import dev.comms.kafka.KafkaConfig;
import dev.comms.kafka.KafkaTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.testkit.brokers.BrokerNode;
import dev.comms.testkit.brokers.BrokerNodes;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.brokers.KafkaNodes;
import dev.comms.testkit.history.History;
import dev.comms.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events on a Kafka of one node; one service publishes, two share a group, one is a group. */
final class KafkaRig implements Rig {
  private static final Event<byte[]> EVENT =
      Event.named("torture.event", Codec.bytes())
          .handledWithin(Duration.ofSeconds(5))
          .attempts(3)
          .backoff(new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)))
          .keyedBy(Payload::key);
  private static final List<String> GROUPS = List.of("shared", "alone");
  private static final String PREFIX = "torture.";
  private static final int PARTITIONS = 4;

  private final FaultProxy proxy;
  private final BrokerNodes cluster;
  private final BrokerNode node;
  private final Services services = new Services();
  private @Nullable Events events;
  private @Nullable Positions positions;

  KafkaRig(Brokers brokers, long seed) {
    proxy = FaultProxy.open(seed);
    try {
      cluster = brokers.kafkaNodes(KafkaNodes.of(1).advertising(List.of(proxy.port())));
    } catch (RuntimeException failed) {
      proxy.close();
      throw failed;
    }
    node = cluster.nodes().get(0);
    proxy.target("127.0.0.1", node.port());
  }

  @Override
  public String broker() {
    return "kafka " + cluster.version();
  }

  @Override
  public void start(History history, Ledger ledger) {
    for (String group : List.of("shared", "shared", "alone")) {
      Comms comms = services.comms("reader-" + group, history);
      comms
          .events(history.events(transport()))
          .handle(
              EVENT,
              Group.named(group).startsAt(Start.EARLIEST).concurrency(8),
              (body, context) -> Work.event(ledger, group, body, context));
      comms.start();
    }
    Comms comms = services.comms("publisher", history);
    events = comms.events(history.events(transport()));
    comms.start();
    positions = new Positions(proxy.address(), PREFIX, EVENT.name(), GROUPS, PARTITIONS, history);
  }

  private KafkaTransport transport() {
    return KafkaTransport.of(
        KafkaConfig.at(proxy.address())
            .confirmedWithin(Breakages.LIMIT)
            .prefix(PREFIX)
            .creatingTopics(PARTITIONS));
  }

  @Override
  public void operate(int slot, int number) {
    Started.of(events).publish(EVENT, Payload.of(number, slot * 4 + number % 4));
  }

  @Override
  public List<Breakage> breakages() {
    List<Breakage> all = new ArrayList<>(Breakages.network(proxy));
    all.addAll(Breakages.node(node));
    return all;
  }

  @Override
  public int readers() {
    return GROUPS.size();
  }

  @Override
  public Handshake handshake() {
    return Handshake.kafka(proxy::address);
  }

  @Override
  public long unsettled() {
    return Started.of(positions).behind();
  }

  @Override
  public void remains(History history) {
    history.left(EVENT.name(), unsettled());
    Started.of(positions).requireAll();
  }

  @Override
  public void stop() {
    if (positions != null) {
      positions.close();
    }
    services.close();
  }

  @Override
  public long connections() {
    return proxy.connections();
  }

  @Override
  public void close() {
    stop();
    cluster.close();
    proxy.close();
  }
}
