package dev.comms.torture;

import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Backoff;
import dev.comms.contract.Codec;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.redis.RedisConfig;
import dev.comms.redis.RedisTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.testkit.brokers.BrokerNode;
import dev.comms.testkit.brokers.BrokerNodes;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.history.History;
import dev.comms.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tasks and events in turn, on one Redis; one service sends, two handle. */
final class RedisRig implements Rig {
  private static final Task<byte[]> TASK =
      Task.named("torture.work", Codec.bytes())
          .eachAttemptWithin(Duration.ofSeconds(5))
          .attempts(4)
          .backoff(new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1)));
  private static final Event<byte[]> EVENT =
      Event.named("torture.event", Codec.bytes())
          .handledWithin(Duration.ofSeconds(5))
          .attempts(3)
          .backoff(new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)))
          .keyedBy(Payload::key);
  private static final String GROUP = "readers";

  private final BrokerNodes nodes;
  private final BrokerNode node;
  private final FaultProxy proxy;
  private final RedisLook look;
  private final Services services = new Services();
  private @Nullable Tasks tasks;
  private @Nullable Events events;

  RedisRig(Brokers brokers, long seed) {
    nodes = brokers.redisNode();
    node = nodes.nodes().get(0);
    proxy = FaultProxy.to("127.0.0.1", node.port(), seed);
    look = new RedisLook(node.port());
    look.durable();
  }

  @Override
  public String broker() {
    return "redis " + nodes.version();
  }

  @Override
  public void start(History history, Ledger ledger) {
    for (String name : List.of("worker-1", "worker-2")) {
      Comms comms = services.comms(name, history);
      comms
          .tasks(history.tasks(transport()))
          .handle(TASK, Workers.of(8), (body, context) -> Work.task(ledger, body, context));
      comms
          .events(history.events(transport()))
          .handle(
              EVENT,
              Group.named(GROUP).startsAt(Start.EARLIEST).concurrency(8),
              (body, context) -> Work.event(ledger, GROUP, body, context));
      comms.start();
    }
    Comms comms = services.comms("sender", history);
    tasks = comms.tasks(history.tasks(transport()));
    events = comms.events(history.events(transport()));
    comms.start();
  }

  private RedisTransport transport() {
    return RedisTransport.of(
        RedisConfig.at("redis://" + proxy.address())
            .confirmedWithin(Breakages.LIMIT)
            .namespace("torture")
            .lease(Duration.ofSeconds(3)));
  }

  @Override
  public void operate(int slot, int number) {
    byte[] body = Payload.of(number, slot);
    if (number % 2 == 0) {
      Started.of(tasks).submit(TASK, body);
    } else {
      Started.of(events).publish(EVENT, body);
    }
  }

  @Override
  public List<Breakage> breakages() {
    List<Breakage> all = new ArrayList<>(Breakages.network(proxy));
    // What is set at run time is gone with the process.
    Breakages.node(node).forEach(one -> all.add(one.then(look::durable)));
    return all;
  }

  @Override
  public Handshake handshake() {
    return Handshake.redis(proxy::address);
  }

  @Override
  public long unsettled() {
    return look.tasks(TASK.name()) + look.events(EVENT.name(), GROUP);
  }

  @Override
  public void remains(History history) {
    Letters.of(history, TASK.name(), "", Started.of(tasks).deadLetters(TASK));
    Letters.of(history, EVENT.name(), GROUP, Started.of(events).deadLetters(EVENT, GROUP));
    history.left(TASK.name(), look.tasks(TASK.name()));
    history.left(EVENT.name(), look.events(EVENT.name(), GROUP));
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
  public void close() {
    services.close();
    proxy.close();
    nodes.close();
  }
}
