package dev.comms.bench;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Tasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The three verbs as a user has them: every default policy, all meters, and three ways to trace.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls start() first
public class Inner {

  @Param({"OFF", "UNSAMPLED", "SAMPLED"})
  private Tracing tracing = Tracing.OFF;

  private final Idle idle = new Idle();
  private Comms comms;
  private Calls calls;
  private Tasks tasks;
  private Events events;

  /** Once per fork. */
  @Setup
  public void start() {
    comms =
        Comms.service("bench", new SimpleMeterRegistry()).tracing(tracing.openTelemetry()).build();
    calls = comms.calls(idle);
    tasks = comms.tasks(idle);
    events = comms.events(idle);
    comms.start();
  }

  @TearDown
  public void stop() {
    comms.close();
  }

  @Benchmark
  public CompletableFuture<byte[]> call() {
    return calls.callAsync(Contracts.CALL, Contracts.BODY);
  }

  @Benchmark
  public CompletableFuture<String> submit() {
    return tasks.submitAsync(Contracts.TASK, Contracts.BODY);
  }

  @Benchmark
  public CompletableFuture<String> publish() {
    return events.publishAsync(Contracts.EVENT, Contracts.BODY);
  }
}
