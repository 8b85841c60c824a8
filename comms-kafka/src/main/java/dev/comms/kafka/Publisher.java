package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.DeadlineExceeded;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Publishes with confirms through one producer. How much is under way is bounded below the
 * producer's own buffer, so that a full buffer refuses at once and never blocks. Thread-safe.
 */
final class Publisher {
  private static final Duration SHORT_AGO = Duration.ofSeconds(15);

  private final Producer<byte[], byte[]> producer;
  private final Host host;
  private final UnderWay underWay;
  private final Standing standing;
  private final Connections connections;
  private final SendThread turns = new SendThread(UnderWay.MOST_RECORDS);
  private volatile boolean refusing;
  private volatile CompletableFuture<Void> empty = new CompletableFuture<>();

  Publisher(Producer<byte[], byte[]> producer, Host host) {
    this.producer = producer;
    this.host = host;
    this.underWay = new UnderWay();
    this.standing = new Standing(host.time(), Health.State.UP);
    this.connections = new Connections(producer.metrics(), "producer-metrics");
  }

  /**
   * Publishes one record; done when the brokers have it.
   *
   * @return fails as {@code EventTransport.publish} says, and at the deadline at the latest
   */
  CompletableFuture<Void> publish(
      String contract,
      String id,
      ProducerRecord<byte[], byte[]> event,
      Deadline confirmBy,
      Gate gate) {
    int bytes = EventSize.of(event);
    if (refusing) {
      return CompletableFuture.failedFuture(
          refusal(contract, "the transport is draining or closed"));
    }
    if (confirmBy.expired()) {
      return CompletableFuture.failedFuture(tooLate(contract, id));
    }
    if (!underWay.enter(bytes)) {
      return CompletableFuture.failedFuture(
          new Overloaded(
              Facts.of(contract)
                  .effect(Effect.NONE)
                  .fault(Fault.OVERLOAD)
                  .message(
                      underWay
                          + " wait for their confirm; publish slower, or look at the brokers")));
    }
    Confirm confirm = new Confirm(this, gate, contract, id, event, bytes);
    confirm.endAt(confirmBy);
    gate.enter(confirm);
    return confirm.future();
  }

  /** Whether the producer knows where this topic is; it may block for max.block.ms to learn it. */
  boolean knows(String topic) {
    try {
      return !producer.partitionsFor(topic).isEmpty();
    } catch (RetriableException notYet) {
      return false;
    }
  }

  SendThread turns() {
    return turns;
  }

  Producer<byte[], byte[]> producer() {
    return producer;
  }

  Host host() {
    return host;
  }

  /** One record is no longer under way. */
  void left(int bytes) {
    underWay.leave(bytes);
    if (refusing && underWay.isEmpty()) {
      CompletableFuture<Void> drained = empty;
      onCallbacks(() -> drained.complete(null));
    }
  }

  void noteSuccess() {
    // Read first: every publish comes here, and a change is rare.
    if (standing.now().state() != Health.State.UP) {
      standing.set(Health.State.UP, "");
    }
  }

  void noteFailure(CommsException failure) {
    if (failure.fault() == Fault.NETWORK || failure.fault() == Fault.REMOTE) {
      standing.set(Health.State.DOWN, failure.reason());
    }
  }

  /** Never on the producer's own thread, which must go on sending. */
  void onCallbacks(Runnable work) {
    host.callbacks().execute(work);
  }

  /** Takes nothing new; done when every confirm has come or failed, or at the deadline. */
  CompletableFuture<Void> drain(Deadline deadline) {
    CompletableFuture<Void> drained = empty;
    refusing = true;
    if (underWay.isEmpty()) {
      drained.complete(null);
    } else {
      host.time().schedule(deadline.remaining(), () -> onCallbacks(() -> drained.complete(null)));
    }
    return drained;
  }

  /** Ends within the limit; what is not confirmed by then fails as unknown. */
  void close(Duration limit) {
    refusing = true;
    turns.close(limit.dividedBy(2));
    producer.close(limit.dividedBy(2));
  }

  Health.Part health() {
    Standing.Now now = standing.now();
    Map<String, String> facts = underWay.facts();
    if (refusing) {
      return new Health.Part("producer", Health.State.DRAINING, now.since(), facts);
    }
    // A failure long ago with a connection since then says nothing: without traffic there would be
    // no success to end it, and without readiness no traffic.
    boolean failed =
        now.state() == Health.State.DOWN && host.time().now().isBefore(now.since().plus(SHORT_AGO));
    if (failed || connections.none()) {
      String why = now.why().isEmpty() ? "no connection to a broker" : now.why();
      facts.put("lastError", why);
      return new Health.Part("producer", Health.State.DOWN, now.since(), facts).because(why);
    }
    return new Health.Part("producer", Health.State.UP, now.since(), facts);
  }

  private static CommsException refusal(String contract, String why) {
    return new Unavailable(Facts.of(contract).effect(Effect.NONE).fault(Fault.LOCAL).message(why));
  }

  private static CommsException tooLate(String contract, String id) {
    return new DeadlineExceeded(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.CALLER)
            .message("event " + id + " was not sent: no time was left when it was published"));
  }
}
