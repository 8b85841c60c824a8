package dev.comms.testkit;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import dev.comms.spi.Ability;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Pipe;
import dev.comms.testkit.Fault.Kind;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls to the server of a {@link TestComms}, which begins to listen with the first of them. */
final class TestCalls implements CallTransport {
  private final CallTransport client;
  private final Runnable listen;
  private final TestClock clock;
  private final Journal journal;
  private final Faults faults;

  TestCalls(CallTransport client, Runnable listen, TestClock clock, MemoryBroker broker) {
    this.client = client;
    this.listen = listen;
    this.clock = clock;
    this.journal = broker.journal();
    this.faults = broker.faults();
  }

  @Override
  public CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline) {
    journal.note(Journal.Step.CALLED, request, "");
    CompletableFuture<Envelope> reply =
        passing(call.name(), deadline, () -> client.call(call, request, deadline));
    reply.whenComplete((answer, failure) -> answered(request, failure));
    clock.letOthersRun();
    return reply;
  }

  @Override
  public CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline) {
    journal.note(Journal.Step.CALLED, head, "");
    return passing(call.name(), deadline, () -> client.open(call, head, deadline));
  }

  private void answered(Envelope request, @Nullable Throwable failure) {
    String how = failure == null ? "" : "with " + CommsException.of("", failure).getMessage();
    journal.note(Journal.Step.ANSWERED, request, how);
  }

  /** There and back, with what can go wrong on the way. */
  private <T> CompletableFuture<T> passing(
      String contract, Deadline deadline, Supplier<CompletableFuture<T>> call) {
    listen.run();
    Duration latency = faults.latency(contract);
    boolean lost = faults.strikes(Kind.LOST_CONFIRM, contract);
    if (latency.isZero() && !lost) {
      return call.get();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    Time.Cancellable timer =
        clock.schedule(
            deadline.remaining(),
            () -> result.completeExceptionally(Wire.late(contract, Effect.POSSIBLE)));
    result.whenComplete((value, failure) -> timer.cancel());
    after(latency, () -> forward(call.get(), result, latency, lost));
    return result;
  }

  private <T> void forward(
      CompletableFuture<T> reply, CompletableFuture<T> result, Duration latency, boolean lost) {
    result.whenComplete(
        (value, failure) -> {
          if (result.isCancelled()) {
            reply.cancel(true);
          }
        });
    reply.whenComplete(
        (value, failure) -> {
          if (!lost) {
            after(
                latency,
                () -> {
                  if (failure == null) {
                    result.complete(value);
                  } else {
                    result.completeExceptionally(failure);
                  }
                });
          }
        });
  }

  private void after(Duration latency, Runnable what) {
    if (latency.isZero()) {
      what.run();
    } else {
      clock.schedule(latency, what);
    }
  }

  @Override
  public String target() {
    return client.target();
  }

  @Override
  public String system() {
    return client.system();
  }

  @Override
  public Set<Ability> abilities() {
    return client.abilities();
  }

  @Override
  public CompletableFuture<Void> attach(Host host) {
    return client.attach(host);
  }

  @Override
  public Health health() {
    return client.health();
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    return client.drain(deadline);
  }

  @Override
  public void close() {
    client.close();
  }
}
