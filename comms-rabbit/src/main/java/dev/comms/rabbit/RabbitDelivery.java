package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Task;
import dev.comms.spi.Envelope;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task, delivered. What moves it on is published first, and only when that is confirmed is the
 * original acknowledged. While the broker cannot take the copy, that is tried again, until the
 * original's channel ends; if it refuses the copy for good, the original is given back after a
 * pause, and the settlement fails.
 */
final class RabbitDelivery implements TaskDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitDelivery.class);

  /** So that a task whose copy nobody takes does not circle at full speed. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Task<?> task;
  private final Link.Arrival arrival;
  private final ConsumerLoop loop;
  private final Attached at;
  private final Envelope envelope;
  private final AtomicReference<@Nullable String> settled = new AtomicReference<>();

  RabbitDelivery(Task<?> task, Link.Arrival arrival, ConsumerLoop loop, Attached at) {
    this.task = task;
    this.arrival = arrival;
    this.loop = loop;
    this.at = at;
    this.envelope =
        EnvelopeMapper.envelope(
            task.name(), arrival.properties(), arrival.body(), at.host().time().now());
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public int attempt() {
    return EnvelopeMapper.attempt(arrival.properties());
  }

  @Override
  public int redrive() {
    return EnvelopeMapper.redrive(arrival.properties());
  }

  @Override
  public int crashes() {
    return arrival.link().crashes(arrival);
  }

  /** Its channel has ended, and the broker has it. */
  @Override
  public boolean revoked() {
    return !arrival.link().alive();
  }

  @Override
  public CompletableFuture<Void> done() {
    CommsException twice = settle("done");
    return twice != null ? CompletableFuture.failedFuture(twice) : acknowledge();
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    CommsException twice = settle("given back");
    if (twice != null) {
      return CompletableFuture.failedFuture(twice);
    }
    return putBack();
  }

  @Override
  public CompletableFuture<Void> retry(Duration after, CommsException why) {
    long seconds = Delays.forRetry(after);
    if (after.toSeconds() > seconds) {
      LOG.warn(
          "task {} {}: a retry after {} comes after {} s, the most that delay levels carry",
          task.name(),
          envelope.id(),
          after,
          seconds);
    }
    return move(
        "retried",
        at.topology().target(task.name(), seconds),
        EnvelopeMapper.retried(arrival.properties(), envelope.id(), why, at.host().time().now()));
  }

  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    return move(
        "dead-lettered",
        at.topology().deadTarget(task.name()),
        EnvelopeMapper.dead(
            arrival.properties(), envelope.id(), reason, why, at.host().time().now()));
  }

  private CompletableFuture<Void> move(
      String how, Topology.Target target, BasicProperties properties) {
    CommsException twice = settle(how);
    if (twice != null) {
      return CompletableFuture.failedFuture(twice);
    }
    if (!arrival.link().alive()) {
      return acknowledge(); // void: a copy would be a second one beside what the broker has
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    publish(how, target, properties, result, true);
    return result;
  }

  private void publish(
      String how,
      Topology.Target target,
      BasicProperties properties,
      CompletableFuture<Void> result,
      boolean first) {
    Deadline deadline = Deadline.after(at.host().time(), at.config().confirmedWithin());
    at.publisher()
        .publish(new Outgoing(task, target, properties, arrival.body(), deadline))
        .whenComplete(
            (confirmed, failure) -> {
              if (failure == null || revoked()) {
                acknowledge().whenComplete((done, none) -> result.complete(null));
                return;
              }
              CommsException why = CommsException.of(task.name(), failure);
              if (mayPass(why)) {
                tell(why, how, first, "it is kept and that is tried again");
                later(() -> publish(how, target, properties, result, false));
              } else {
                tell(why, how, true, "it is given back and will be handled again");
                later(() -> putBack().whenComplete((done, none) -> fail(result, why)));
              }
            });
  }

  /**
   * Whether the broker is away or takes nothing now. Then giving back would only wear out the
   * broker's limit of deliveries, and the slot that is kept slows the consumer down, rightly.
   */
  private static boolean mayPass(CommsException why) {
    return why instanceof CommsException.Unavailable
        || why instanceof CommsException.Overloaded
        || why instanceof CommsException.UnknownOutcome;
  }

  private void tell(CommsException why, String how, boolean loud, String next) {
    String message = "task {} {}: could not be {} ({}); {}";
    Object[] facts = {task.name(), envelope.id(), how, why.reason(), next};
    if (loud) {
      LOG.warn(message, facts);
    } else {
      LOG.debug(message, facts);
    }
  }

  private void later(Runnable next) {
    at.host().time().schedule(PAUSE_AFTER_FAILURE, next);
  }

  private void fail(CompletableFuture<Void> result, CommsException why) {
    at.host().callbacks().execute(() -> result.completeExceptionally(why));
  }

  private CompletableFuture<Void> acknowledge() {
    return loop.settle(Settle.done(arrival));
  }

  private CompletableFuture<Void> putBack() {
    return loop.settle(Settle.giveBack(arrival));
  }

  /** Null for the first settling. */
  private @Nullable CommsException settle(String how) {
    String before = settled.compareAndExchange(null, how);
    return before == null
        ? null
        : new CommsException.Failed(
            Facts.of(task.name())
                .effect(Effect.NONE)
                .fault(Fault.LOCAL)
                .message(
                    envelope.id()
                        + " was "
                        + before
                        + " and cannot be "
                        + how
                        + " as well; settle each delivery once"));
  }
}
