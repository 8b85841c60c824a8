package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Malformed;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.redis.Topology.TaskKeys;
import dev.comms.spi.Host;
import dev.comms.spi.TaskDelivery;
import io.lettuce.core.Consumer;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker of a queue: reads what is new, takes over what others left for a lease, renews what is
 * running here, and promotes what is due.
 */
final class TaskReader extends ConsumerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TaskReader.class);
  private static final int BATCH = 100;
  private static final Duration SLICE = Duration.ofSeconds(1);
  private static final long FORGET_AFTER_MS = Duration.ofHours(1).toMillis();

  private final TaskKeys keys;
  private final String consumer;
  private final java.util.function.Consumer<TaskDelivery> target;
  private final Settler settler;
  private final Map<String, Entry> running = new ConcurrentHashMap<>();

  /** Those of running that somebody else has, as the last renewal found. */
  private final Set<String> gone = ConcurrentHashMap.newKeySet();

  private final TaskTimers timers;
  private long nextClaim; // of the thread only

  TaskReader(
      Session session,
      Host host,
      Flow flow,
      String task,
      TaskKeys keys,
      String consumer,
      Duration lease,
      java.util.function.Consumer<TaskDelivery> target) {
    super(session, host, flow, task, "tasks " + task, lease);
    this.keys = keys;
    this.consumer = consumer;
    this.target = target;
    this.settler = new Settler(host, task, lease, flow::closed);
    this.timers = new TaskTimers(session, host, flow, keys, lease, this::renew);
    this.nextClaim = host.time().nanos();
  }

  TaskKeys keys() {
    return keys;
  }

  @Override
  void declare() {
    await(Topology.declare(session, keys.work(), Topology.WORKERS, "0"));
    await(
        TaskScripts.FORGET.run(
            session.commands(),
            List.of(keys.work()),
            Args.of(Topology.WORKERS, "", FORGET_AFTER_MS)));
  }

  @Override
  void beside() {
    timers.start();
  }

  @Override
  void step() {
    int room = flow.reserve(BATCH, SLICE);
    if (room == 0) {
      return;
    }
    List<Entry> got = List.of();
    try {
      got = claim(room);
      if (got.isEmpty()) {
        got = read(room);
      }
    } finally {
      flow.release(room - got.size());
    }
    got.forEach(this::deliver);
  }

  @Override
  void afterFailure() {
    // What a lost answer held is pending under this consumer, silent, and taken after a lease.
  }

  @Override
  void leave() {
    List<CompletableFuture<Long>> given = new ArrayList<>();
    for (Entry entry : running.values()) {
      List<byte[]> changes = EnvelopeMapper.givenBack(entry);
      given.add(moved(entry, keys.work(), Duration.ZERO, changes));
    }
    awaitLeaving(CompletableFuture.allOf(given.toArray(CompletableFuture[]::new)));
    awaitLeaving(
        TaskScripts.FORGET.run(
            session.commands(),
            List.of(keys.work()),
            Args.of(Topology.WORKERS, consumer, FORGET_AFTER_MS)));
  }

  @Override
  Map<String, String> facts() {
    return Map.of(
        "stream", keys.work(),
        "consumer", consumer,
        "running", Integer.toString(running.size()),
        "lease", lease.toString());
  }

  CompletableFuture<Void> done(Entry entry) {
    return settler.settle(
        () ->
            TaskScripts.DONE.run(
                session.commands(),
                List.of(keys.work()),
                Args.of(Topology.WORKERS, consumer, entry.id())),
        () -> forget(entry),
        failure -> leaveSilent(entry, failure));
  }

  CompletableFuture<Void> move(Entry entry, String to, Duration after, List<byte[]> changes) {
    return settler.settle(
        () -> moved(entry, to, after, changes),
        () -> forget(entry),
        failure -> leaveSilent(entry, failure));
  }

  private CompletableFuture<Long> moved(
      Entry entry, String to, Duration after, List<byte[]> changes) {
    return TaskScripts.MOVE.run(
        session.commands(),
        List.of(keys.work(), to, keys.delayed(), keys.payloads()),
        Args.of(Topology.WORKERS, consumer, entry.id(), after.toMillis()).and(changes));
  }

  private void forget(Entry entry) {
    if (running.remove(entry.id(), entry)) {
      gone.remove(entry.id());
      flow.release(1);
    }
  }

  /**
   * Not renewed any more, it is delivered again after a lease, here or elsewhere; if no answer came
   * for a lease, neither did renewals, and somebody else has it.
   */
  private boolean leaveSilent(Entry entry, Throwable failure) {
    boolean ours = Failures.answered(failure) && !lost(entry);
    forget(entry);
    return ours;
  }

  /** Whether this entry is known to be no longer this consumer's. */
  boolean lost(Entry entry) {
    return gone.contains(entry.id()) || !running.containsKey(entry.id());
  }

  private CompletableFuture<?> renew() {
    List<String> ids = List.copyOf(running.keySet());
    return ids.isEmpty()
        ? CompletableFuture.completedFuture(List.of())
        : TaskScripts.RENEW
            .run(
                session.commands(),
                List.of(keys.work()),
                Args.of(Topology.WORKERS, consumer).andTexts(ids))
            .thenAccept(lost -> renewed(ids, lost.stream().map(Entry::text).toList()));
  }

  private void renewed(List<String> asked, List<String> lost) {
    gone.addAll(lost);
    asked.stream().filter(id -> !lost.contains(id)).forEach(gone::remove);
    gone.retainAll(running.keySet());
  }

  private List<Entry> claim(int room) {
    if (host.time().nanos() - nextClaim < 0) {
      return List.of();
    }
    List<Object> taken =
        await(
            TaskScripts.CLAIM.run(
                session.commands(),
                List.of(keys.work()),
                Args.of(Topology.WORKERS, consumer, lease.toMillis(), room)
                    .andTexts(running.keySet())));
    if (taken.size() < room) {
      nextClaim = host.time().nanos() + lease.toNanos() / 4;
    }
    return Entry.scripted(taken, 0);
  }

  @SuppressWarnings("unchecked") // an array of generic arguments, as the client's API wants it
  private List<Entry> read(int room) {
    return Stream.ofNullable(
            awaitBlocked(
                own()
                    .xreadgroup(
                        Consumer.from(Topology.WORKERS, consumer),
                        XReadArgs.Builder.block(block()).count(room),
                        StreamOffset.lastConsumed(keys.work()))))
        .flatMap(List::stream)
        .map(Entry::read)
        .toList();
  }

  private void deliver(Entry entry) {
    if (running.putIfAbsent(entry.id(), entry) != null) {
      // Taken back from one who took it from us while this process slept: it still runs here.
      gone.remove(entry.id());
      flow.release(1);
      return;
    }
    RedisTaskDelivery delivery = new RedisTaskDelivery(this, contract, entry);
    String problem = EnvelopeMapper.problem(entry);
    if (problem != null) {
      LOG.warn("{}: {}; it goes to the dead letters as it is", contract, problem);
      delivery.deadLetter("malformed", malformed(contract, problem));
    } else if (!flow.open()) {
      delivery.giveBack();
    } else {
      accept(delivery);
    }
  }

  private void accept(RedisTaskDelivery delivery) {
    try {
      target.accept(delivery);
    } catch (RuntimeException broken) {
      LOG.error("{}: the consumer threw, which it must not; it is given back", contract, broken);
      delivery.giveBack();
    }
  }

  static CommsException malformed(String contract, String problem) {
    return new Malformed(
        Facts.of(contract).effect(Effect.NONE).fault(Fault.REMOTE).message(problem));
  }
}
