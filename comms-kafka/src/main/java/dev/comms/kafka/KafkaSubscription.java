package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Time;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** One member of a group: joins the loop, the desk and the dead letters. Thread-safe. */
final class KafkaSubscription implements Subscription, KafkaDelivery.Settling {
  private static final Duration JOIN = Duration.ofSeconds(10);

  private final Session session;
  private final String group;
  private final Map<String, Event<?>> events;
  private final Consumer<Delivery> consumer;
  private final Desk desk;
  private final Standing standing;
  private final ConsumerLoop loop;
  private final Thread thread;
  private final Gauges gauges;
  private final DeadLetters deadLetters;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  /**
   * Not reading yet.
   *
   * @param group the group's name, without the prefix
   * @param events by topic
   * @param ends where partitions without a position begin; see {@link Rebalance}
   */
  KafkaSubscription(
      Session session,
      String group,
      Map<String, Event<?>> events,
      Map<TopicPartition, Long> ends,
      int slots,
      Consumer<Delivery> consumer) {
    this.session = session;
    this.group = group;
    this.events = events;
    this.consumer = consumer;
    this.desk = new Desk(slots);
    this.standing = new Standing(time(), Health.State.STARTING);
    String id = session.names().group(group);
    Map<String, Object> settings = session.settings().consumer(id);
    ConsumerLoop.Plan plan =
        new ConsumerLoop.Plan(
            id,
            List.copyOf(events.keySet()),
            ends,
            session.settings().revokeWithin(),
            () -> new KafkaConsumer<>(settings),
            this::handOver,
            () -> session.publisher().onCallbacks(() -> drained.complete(null)));
    this.loop = new ConsumerLoop(plan, desk, time(), standing);
    String names = String.join(",", events.values().stream().map(Event::name).sorted().toList());
    this.thread = new Thread(loop, "comms-kafka-" + group + "-" + names);
    thread.setDaemon(true);
    this.gauges =
        new Gauges(
            session.host(),
            names,
            group,
            this::unfinished,
            () -> desk.facts().oldestMillis(time().nanos()) / 1_000.0);
    this.deadLetters =
        new DeadLetters(group, desk, time(), session.publisher()::onCallbacks, gauges::countVoid);
  }

  void start() {
    thread.start();
  }

  @Override
  public void pause() {
    desk.pause(true);
  }

  @Override
  public void resume() {
    desk.pause(false);
  }

  @Override
  public Health health() {
    DeskFacts has = desk.facts();
    Standing.Now reading = standing.now();
    Standing.Now now = reading.state() == Health.State.DOWN ? reading : worse(reading);
    Map<String, String> facts = new TreeMap<>();
    facts.put("group", session.names().group(group));
    facts.put("topics", String.join(",", events.keySet().stream().sorted().toList()));
    facts.put("assigned", String.join(",", has.partitions()));
    facts.put("lag", Long.toString(unfinished()));
    facts.put("unsettled", Integer.toString(has.unsettled()));
    facts.put("oldestUnfinishedMillis", Long.toString(has.oldestMillis(time().nanos())));
    facts.put("paused", Boolean.toString(has.paused()));
    if (!now.why().isEmpty()) {
      facts.put("lastError", now.why());
    }
    boolean ending = now.state() != Health.State.DOWN && (has.draining() || desk.stopped());
    Health.State state = ending ? Health.State.DRAINING : now.state();
    String why = ending ? "it reads no more and ends " + has.unsettled() + " events" : now.why();
    Health.Part part = new Health.Part("group " + group, state, now.since(), facts);
    return Health.of(List.of(part.because(why)));
  }

  /** A group that holds an event is down, though it reads: somebody must mend the dead letters. */
  private Standing.Now worse(Standing.Now reading) {
    Standing.Now copying = deadLetters.now();
    return copying.state() == Health.State.DOWN ? copying : reading;
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    desk.drain();
    if (desk.stopped()) {
      drained.complete(null);
    }
    Time.Cancellable end =
        time()
            .schedule(
                deadline.remaining(),
                () -> session.publisher().onCallbacks(() -> drained.complete(null)));
    return drained.whenComplete((done, failure) -> end.cancel());
  }

  /** Begins to end, without waiting for it. */
  void stop() {
    desk.stop();
  }

  @Override
  public void close() {
    desk.stop();
    if (Thread.currentThread() != thread && thread.isAlive()) {
      join();
    }
    gauges.close();
    session.forget(this);
  }

  private void join() {
    try {
      thread.join(JOIN.toMillis());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void done(Parcel parcel) {
    if (!desk.done(parcel)) {
      gauges.countVoid();
    }
  }

  @Override
  public void giveBack(Parcel parcel) {
    if (!desk.takeBack(parcel)) {
      gauges.countVoid();
    }
  }

  @Override
  public boolean isRevoked(Parcel parcel) {
    return desk.isRevoked(parcel);
  }

  @Override
  public CompletableFuture<Void> deadLetter(
      Parcel parcel, Envelope envelope, String reason, CommsException why) {
    String topic = session.names().deadLetters(parcel.event().topic(), group);
    Instant failed = time().now();
    return deadLetters.settle(
        parcel,
        () ->
            session
                .publisher()
                .publish(
                    envelope.contract(),
                    envelope.id(),
                    EnvelopeMapper.toDeadLetter(parcel.event(), topic, group, reason, why, failed),
                    Deadline.after(time(), session.config().confirmedWithin()),
                    session.gate(topic)));
  }

  private void handOver(Parcel parcel) {
    // Topics are asked for by name, so each record's topic is among them.
    Event<?> event = events.get(parcel.event().topic());
    if (event == null) {
      throw new IllegalStateException(
          "a record of " + parcel.event().topic() + " was not asked for");
    }
    Envelope envelope =
        EnvelopeMapper.toEnvelope(parcel.event(), event.name(), event.codec().contentType());
    consumer.accept(new KafkaDelivery(parcel, envelope, this));
  }

  private long unfinished() {
    DeskFacts has = desk.facts();
    return loop.lag() + has.waiting() + has.unsettled();
  }

  private Time time() {
    return session.host().time();
  }
}
