package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.redis.Lease.Tenure;
import dev.comms.redis.Topology.EventKeys;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Host;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a group, for one event: with the lease it reads in order, first what is pending,
 * then what is new; without it, it stands by.
 */
final class EventReader extends ConsumerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
  private static final int BATCH = 100;
  private static final Duration SLICE = Duration.ofSeconds(1);
  private static final Duration OLD_TENURE = Duration.ofMillis(50);

  private final EventKeys keys;
  private final Subscriber subscriber;
  private final Consumer<Delivery> target;
  private final Lease leases;
  private final Settler settler;
  private final Held held = new Held();
  private final Pending pending;
  private List<String> ends = List.of(); // of the thread only

  EventReader(
      Session session,
      Host host,
      Flow flow,
      String event,
      EventKeys keys,
      Subscriber subscriber,
      String member,
      Duration lease,
      Consumer<Delivery> target) {
    super(session, host, flow, event, "events " + event + " " + subscriber.group(), lease);
    this.keys = keys;
    this.subscriber = subscriber;
    this.target = target;
    this.leases = new Lease(session, host, flow, keys, member, lease);
    this.settler = new Settler(host, event, lease, flow::closed);
    this.pending = new Pending(session, keys, subscriber.group());
  }

  @Override
  void declare() {
    String startsAt = subscriber.start().equals(Start.EARLIEST) ? "0" : "$";
    await(Topology.declare(session, keys.log(), subscriber.group(), startsAt));
    await(Topology.declare(session, keys.redriven(), subscriber.group(), "0"));
  }

  @Override
  void beside() {
    leases.keep();
  }

  @Override
  void step() {
    Tenure tenure = leases.current();
    if (tenure == null) {
      standBy();
      return;
    }
    int room = flow.reserve(BATCH, SLICE);
    if (room == 0) {
      return;
    }
    List<Entry> got = List.of();
    try {
      got = next(tenure, room);
    } finally {
      flow.release(room - got.size());
    }
    for (Entry entry : got) {
      deliver(tenure, entry);
    }
    if (got.isEmpty() && leases.current() != null) {
      waitForNews();
    }
  }

  /** What was pending when a read failed may include what that read took. */
  @Override
  void afterFailure() {
    pending.again();
  }

  @Override
  void leave() {
    Tenure tenure = leases.current();
    if (tenure != null) {
      awaitLeaving(
          EventScripts.LEAVE.run(
              session.commands(),
              List.of(keys.lease(), keys.log(), keys.redriven()),
              Args.of(tenure.value(), subscriber.group(), Topology.READER)));
    }
  }

  @Override
  Map<String, String> facts() {
    Tenure tenure = leases.current();
    return Map.of(
        "stream", keys.log(),
        "group", subscriber.group(),
        "role", tenure == null ? "stands by" : "reads with lease " + tenure.value(),
        "running", Integer.toString(held.running()),
        "lease", lease.toString());
  }

  /** Whether this tenure still is the one that reads, as far as this process knows. */
  boolean holds(Tenure tenure) {
    return tenure.equals(leases.current());
  }

  CompletableFuture<Void> done(Tenure tenure, Entry entry) {
    return settler.settle(
        () ->
            EventScripts.DONE.run(
                session.commands(),
                List.of(keys.lease(), entry.stream()),
                Args.of(tenure.value(), subscriber.group(), entry.id(), kept(entry))),
        () -> forget(entry),
        failure -> again(tenure, entry));
  }

  CompletableFuture<Void> dead(Tenure tenure, Entry entry, String reason, CommsException why) {
    return settler.settle(
        () ->
            EventScripts.DEAD.run(
                session.commands(),
                List.of(keys.lease(), entry.stream(), keys.dead()),
                Args.of(tenure.value(), subscriber.group(), entry.id(), kept(entry))
                    .and(EnvelopeMapper.deadLetter(entry, reason, why))),
        () -> forget(entry),
        failure -> again(tenure, entry));
  }

  /**
   * It stays pending in the group; this member delivers it again, or the next one with the lease.
   */
  CompletableFuture<Void> giveBack(Tenure tenure, Entry entry) {
    long ours = holds(tenure) ? 1 : 0;
    return settler.settle(
        () -> CompletableFuture.completedFuture(ours),
        () -> again(tenure, entry),
        failure -> again(tenure, entry));
  }

  /** Whether this member delivers it again; else who has the lease does. */
  private boolean again(Tenure tenure, Entry entry) {
    boolean ours = holds(tenure);
    if (ours ? held.giveBack(entry) : held.end(entry)) {
      flow.release(1);
    }
    wake();
    return ours;
  }

  private String kept(Entry entry) {
    return entry.stream().equals(keys.log()) ? "kept" : "once";
  }

  private void forget(Entry entry) {
    if (held.end(entry)) {
      flow.release(1);
    }
  }

  /** What was delivered in an earlier tenure must end first: its keys would run twice at once. */
  private void standBy() {
    held.forgetReturned();
    if (held.running() > 0) {
      flow.idle(OLD_TENURE);
    } else if (!flow.open() || !await(leases.take())) {
      Duration third = lease.dividedBy(3);
      flow.idle(third.compareTo(SLICE) < 0 ? third : SLICE);
    } else {
      pending.begin();
      declare();
    }
  }

  private List<Entry> next(Tenure tenure, int room) {
    List<Entry> again = held.again(room);
    if (!again.isEmpty()) {
      return again;
    }
    List<Object> answer = ask(tenure, room);
    return switch (Entry.text(answer.get(0))) {
      case "lost" -> {
        leases.lost(tenure);
        yield List.of();
      }
      case "none" -> {
        ends = List.of(Entry.text(answer.get(1)), Entry.text(answer.get(2)));
        yield List.of();
      }
      default -> Entry.scripted(answer, 2);
    };
  }

  private List<Object> ask(Tenure tenure, int room) {
    while (pending.left()) {
      List<Object> page = await(pending.page(tenure, room, held));
      if (pending.took(page)) {
        return page;
      }
    }
    return await(
        EventScripts.READ.run(
            session.commands(),
            List.of(keys.lease(), keys.redriven(), keys.log()),
            Args.of(tenure.value(), subscriber.group(), Topology.READER, room)));
  }

  @SuppressWarnings("unchecked") // an array of generic arguments, as the client's API wants it
  private void waitForNews() {
    if (ends.isEmpty() || held.anyReturned() || !flow.open()) {
      return;
    }
    awaitBlocked(
        own()
            .xread(
                XReadArgs.Builder.block(block()).count(1),
                StreamOffset.from(keys.redriven(), ends.get(0)),
                StreamOffset.from(keys.log(), ends.get(1))));
  }

  private void deliver(Tenure tenure, Entry entry) {
    held.begin(entry);
    RedisEventDelivery delivery = new RedisEventDelivery(this, tenure, contract, entry);
    String problem = EnvelopeMapper.problem(entry);
    if (problem != null) {
      LOG.warn("{}: {}; it goes to the dead letters as it is", contract, problem);
      delivery.deadLetter("malformed", TaskReader.malformed(contract, problem));
    } else if (!flow.open()) {
      delivery.giveBack();
    } else {
      accept(delivery);
    }
  }

  private void accept(RedisEventDelivery delivery) {
    try {
      target.accept(delivery);
    } catch (RuntimeException broken) {
      LOG.error("{}: the consumer threw, which it must not; it is given back", contract, broken);
      delivery.giveBack();
    }
  }
}
