package dev.comms.kafka;

import dev.comms.contract.Time;
import dev.comms.spi.Health;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the consumer. It polls, hands over and commits, and never waits for a
 * handler, so a slow handler never makes it leave the group. If it breaks, its supervisor says so
 * in the health and begins anew with another consumer.
 *
 * <p>wakeup() is not used at all: it would break the next commit. Polls are short instead.
 */
final class ConsumerLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BETWEEN_POLLS = Duration.ofMillis(50);
  private static final Duration LAST_COMMIT = Duration.ofSeconds(3);
  private static final Duration CLOSE = Duration.ofSeconds(3);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
  private static final String NO_CONNECTION = "no connection to a broker";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Plan plan;
  private final Desk desk;
  private final Time time;
  private final Standing standing;
  private volatile long lag;
  private long looked;

  /**
   * What the loop is to do.
   *
   * @param group the group's id
   * @param ends see {@link Rebalance}
   * @param open makes a consumer
   * @param handOver takes a record without blocking
   * @param drained told when nothing is unsettled any more while draining
   */
  record Plan(
      String group,
      List<String> topics,
      Map<TopicPartition, Long> ends,
      Duration patience,
      Supplier<Consumer<byte[], byte[]>> open,
      java.util.function.Consumer<Parcel> handOver,
      Runnable drained) {}

  ConsumerLoop(Plan plan, Desk desk, Time time, Standing standing) {
    this.plan = plan;
    this.desk = desk;
    this.time = time;
    this.standing = standing;
    this.looked = time.nanos();
  }

  /** How many records are in the log and not yet read, of the partitions at hand; about. */
  long lag() {
    return lag;
  }

  @Override
  public void run() {
    Duration wait = FIRST_WAIT;
    while (!desk.stopped()) {
      long began = time.nanos();
      try {
        session();
      } catch (Throwable died) {
        if (time.nanos() - began > LONGEST_WAIT.toNanos()) {
          wait = FIRST_WAIT;
        }
        died(died, wait);
        rest(wait);
        wait =
            wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
      }
    }
  }

  private void died(Throwable failure, Duration wait) {
    // Whoever interrupted this thread, it is ended by the desk alone.
    Thread.interrupted();
    standing.set(Health.State.DOWN, Failures.said(failure));
    LOG.warn(
        "group {} stopped reading {}: {}; it begins anew in {} s",
        plan.group(),
        plan.topics(),
        Failures.said(failure),
        wait.toSeconds(),
        failure);
  }

  private void rest(Duration wait) {
    desk.awaitEnd(wait);
    if (desk.drained()) {
      plan.drained().run();
      desk.awaitStop(wait);
    }
  }

  private void session() {
    Consumer<byte[], byte[]> consumer = plan.open().get();
    Commits commits = new Commits(consumer, desk, time, plan.group());
    Rebalance rebalance =
        new Rebalance(
            consumer,
            desk,
            commits,
            plan.patience(),
            plan.ends(),
            () -> standing.set(Health.State.UP, ""));
    try {
      consumer.subscribe(plan.topics(), rebalance);
      Connections connections = new Connections(consumer.metrics(), "consumer-metrics");
      while (!desk.stopped()) {
        turn(consumer, commits, connections);
      }
      commits.sync(LAST_COMMIT);
    } finally {
      rebalance.closing();
      close(consumer);
      desk.endAll();
    }
  }

  private void turn(Consumer<byte[], byte[]> consumer, Commits commits, Connections connections) {
    long began = time.nanos();
    boolean full = handOver(began);
    while (full && time.nanos() - began < BETWEEN_POLLS.toNanos()) {
      desk.awaitSlot(BETWEEN_POLLS);
      full = handOver(time.nanos());
    }
    hold(consumer);
    desk.add(consumer.poll(full ? Duration.ZERO : POLL));
    commits.tick();
    measure(consumer, connections);
    if (desk.drained()) {
      commits.sync(LAST_COMMIT);
      plan.drained().run();
    }
  }

  /** Hands over while slots are free; true if something waits for the next one. */
  private boolean handOver(long nanos) {
    for (Parcel next = desk.next(nanos); next != null; next = desk.next(nanos)) {
      try {
        plan.handOver().accept(next);
      } catch (RuntimeException refused) {
        // It was not taken, so nobody will settle it.
        desk.takeBack(next);
        throw refused;
      }
    }
    return desk.waitsForSlot();
  }

  private void hold(Consumer<byte[], byte[]> consumer) {
    Set<TopicPartition> all = consumer.assignment();
    Set<TopicPartition> held = desk.held(all);
    Set<TopicPartition> now = consumer.paused();
    if (!held.equals(now)) {
      Set<TopicPartition> free = new HashSet<>(now);
      free.removeAll(held);
      free.retainAll(all);
      consumer.resume(free);
      consumer.pause(held);
    }
  }

  private void measure(Consumer<byte[], byte[]> consumer, Connections connections) {
    if (time.nanos() - looked < BETWEEN_LOOKS.toNanos()) {
      return;
    }
    looked = time.nanos();
    long sum = 0;
    for (TopicPartition partition : consumer.assignment()) {
      OptionalLong one = consumer.currentLag(partition);
      sum += one.orElse(0);
    }
    lag = sum;
    Standing.Now now = standing.now();
    if (now.state() == Health.State.UP && connections.none()) {
      standing.set(Health.State.DOWN, NO_CONNECTION);
    } else if (now.why().equals(NO_CONNECTION) && !connections.none()) {
      standing.set(Health.State.UP, "");
    }
  }

  private void close(Consumer<byte[], byte[]> consumer) {
    try {
      consumer.close(CloseOptions.timeout(CLOSE));
    } catch (KafkaException failure) {
      LOG.warn("group {}: closing failed: {}", plan.group(), Failures.said(failure));
    }
  }
}
