package dev.comms.bench;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What is not comms' cost: the transport, with a message that is there already, and the future that
 * the caller gets.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Baseline {
  private final Idle idle = new Idle();
  private Envelope message =
      Envelope.of("id", "bench", "application/octet-stream", Instant.EPOCH, Contracts.BODY);
  private Deadline deadline = Deadline.never(Time.system());

  /** Once per fork: fields that the compiler must not take for constants. */
  @Setup
  public void begin() {
    message = message.key("key");
    deadline = Deadline.never(Time.system());
  }

  @Benchmark
  public CompletableFuture<byte[]> call() {
    CompletableFuture<byte[]> returned = new CompletableFuture<>();
    returned.complete(idle.call(Contracts.CALL, message, deadline).join().body());
    return returned;
  }

  @Benchmark
  public CompletableFuture<String> submit() {
    CompletableFuture<String> returned = new CompletableFuture<>();
    idle.submit(Contracts.TASK, message, Order.NOW, deadline).join();
    returned.complete(message.id());
    return returned;
  }

  @Benchmark
  public CompletableFuture<String> publish() {
    CompletableFuture<String> returned = new CompletableFuture<>();
    idle.publish(Contracts.EVENT, message, deadline).join();
    returned.complete(message.id());
    return returned;
  }
}
