package dev.comms.bench;

import dev.comms.contract.Call;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Task;
import dev.comms.spi.CallTransport;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Pipe;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.CompilerControl;

/**
 * A transport that does nothing: it answers at once with a future of its own. It is never inlined,
 * as no real one would be, so that the compiler cannot remove that future on one side of the
 * comparison only.
 */
public final class Idle implements CallTransport, TaskTransport, EventTransport {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Override
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  public CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline) {
    return CompletableFuture.completedFuture(request);
  }

  @Override
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  public CompletableFuture<Void> submit(
      Task<?> task, Envelope message, Order order, Deadline confirmBy) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public String system() {
    return "idle";
  }

  @Override
  public String target() {
    return "nowhere";
  }

  @Override
  public Duration confirmedWithin() {
    return LIMIT;
  }

  @Override
  public CompletableFuture<Void> attach(Host host) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Health health() {
    return Health.of(List.of());
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}

  @Override
  public CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline) {
    throw notMeasured();
  }

  @Override
  public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer) {
    throw notMeasured();
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    throw notMeasured();
  }

  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer) {
    throw notMeasured();
  }

  private static UnsupportedOperationException notMeasured() {
    return new UnsupportedOperationException("only callAsync, submitAsync and publishAsync");
  }
}
