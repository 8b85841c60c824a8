package dev.comms.testkit;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Server;
import dev.comms.Tasks;
import dev.comms.contract.Deadline;
import dev.comms.outbox.MemoryStore;
import dev.comms.spi.CallServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Calls, tasks and events for a unit test, without a broker and without waiting:
 *
 * <pre>{@code
 * try (TestComms comms = TestComms.create()) {
 *   new Orders(comms.calls(), comms.tasks(), comms.events()).place("book");
 *   assertThat(comms).submitted(SEND_EMAIL).once();
 * }
 * }</pre>
 *
 * It is started already; handlers of tasks and events may be added at any time, answers to calls
 * before the first call. Handlers run, one at a time and in a repeatable order, on threads of the
 * {@link TestClock}: when the test waits in a blocking verb, turns the clock, calls {@link #settle}
 * or asserts, and in {@code callAsync}, which lets what is ready run. So no test sleeps, and none
 * races with its handlers. For use by one thread and the handlers.
 */
public final class TestComms implements AutoCloseable {
  private static final long USUAL_SEED = 1;
  private static final Duration LONG = Duration.ofDays(1);
  private static final String ADDRESS = "test";

  private final long seed;
  private final TestClock clock;
  private final InMemory memory;
  private final MemoryStore store = MemoryStore.create();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Comms comms;
  private final Calls calls;
  private final Tasks tasks;
  private final Events events;
  private final Comms serving;
  private final Server server;
  private final CallServer listener;
  private boolean listening;

  private TestComms(long seed, UnaryOperator<Comms.Builder> settings) {
    this.seed = seed;
    this.clock = TestClock.seeded(seed);
    this.memory = new InMemory(clock, seed, true);
    this.comms = settings.apply(service("test")).build();
    this.calls =
        comms.calls(new TestCalls(memory.client(ADDRESS), this::listen, clock, memory.broker()));
    this.tasks = comms.tasks(memory.tasks());
    this.events = comms.events(memory.events());
    this.serving = settings.apply(service("test-server")).build();
    this.listener = memory.server();
    this.server = serving.serve(listener);
    comms.start();
  }

  /** With a memory for unique tasks and schedules. */
  private Comms.Builder service(String name) {
    return Comms.service(name, meters).time(clock).store(store);
  }

  /** With the seed of the system property {@code comms.seed}, or always the same. */
  public static TestComms create() {
    String named = System.getProperty("comms.seed");
    return create(named == null ? USUAL_SEED : seed(named));
  }

  static long seed(String named) {
    try {
      return Long.parseLong(named);
    } catch (NumberFormatException none) {
      throw new IllegalArgumentException(
          "the system property comms.seed is '"
              + named
              + "' but must be a number, as a failed"
              + " test shows it",
          none);
    }
  }

  /** With this seed, of which jitter, chance and the order of faults come. */
  public static TestComms create(long seed) {
    return create(seed, settings -> settings);
  }

  /** With this seed, and built with these settings, such as policies. */
  public static TestComms create(long seed, UnaryOperator<Comms.Builder> settings) {
    return new TestComms(seed, settings);
  }

  /** Calls to {@link #serve}. */
  public Calls calls() {
    return calls;
  }

  public Tasks tasks() {
    return tasks;
  }

  public Events events() {
    return events;
  }

  /** Answers {@link #calls}; to be completed before the first of them. */
  public Server serve() {
    return server;
  }

  /** The only clock here. */
  public TestClock clock() {
    return clock;
  }

  /** What is to go wrong. */
  public Faults faults() {
    return memory.faults();
  }

  /** The broker, for another service in the same test, and for how long events are kept. */
  public InMemory broker() {
    return memory;
  }

  /** Where all of this is measured. */
  public SimpleMeterRegistry meters() {
    return meters;
  }

  /** The seed; the same seed and the same test make the same run. */
  public long seed() {
    return seed;
  }

  /** What happened so far, one line each with its virtual time. */
  public String history() {
    return "What happened (seed " + seed + "):\n" + journal().tell();
  }

  Journal journal() {
    return memory.broker().journal();
  }

  /** Begins to answer calls; the first call does so too. */
  public TestComms start() {
    listen();
    return this;
  }

  private void listen() {
    synchronized (this) {
      if (listening) {
        return;
      }
      listening = true;
    }
    serving.start();
    memory.network().name(ADDRESS, listener.address());
  }

  /** Runs all handlers that are due now; the clock stands still. */
  public TestComms settle() {
    clock.settle();
    return this;
  }

  /**
   * Waits for the result of an asynchronous verb, turning the clock as far as that takes.
   *
   * @throws dev.comms.contract.CommsException as the future failed, or if it is not done within a
   *     day
   */
  public <T> T await(CompletableFuture<T> result) {
    return clock.await(result, "test", Deadline.after(clock, LONG));
  }

  /** Lets handlers end, at most for the drain limit on the clock; a second call does nothing. */
  @Override
  public void close() {
    comms.close();
    serving.close();
    clock.close();
  }
}
