package dev.comms;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.fake.EventTime;
import dev.comms.fake.Text;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policies;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.policy.Switches;
import dev.comms.policy.Weaker;
import dev.comms.spi.Envelope;
import dev.comms.spi.Gauges;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * An overload in virtual time: clients and a server with the real orders of policies, and between
 * them a network of 1 ms and workers that can do 250 calls per second. Calm for 5 s, then too much
 * for 10 s, then calm again for 15 s.
 */
final class Overload {
  static final double CAPACITY = 250;
  private static final double CALM = 0.7;
  private static final int CLIENTS = 5;
  private static final int WORKERS = 16;
  private static final Duration SERVICE = Duration.ofMillis(64);
  private static final Duration NETWORK = Duration.ofMillis(1);

  private static final long STORM = seconds(5);
  private static final long SETTLED = seconds(7);
  private static final long OVER = seconds(15);
  private static final long RECOVERED = seconds(25);
  private static final long END = seconds(30);

  /** What is taken out. */
  enum Without {
    NOTHING,
    BUDGET,
    DROP_OF_EXPIRED,
    BOUND_IN_FLIGHT
  }

  /**
   * What came of it.
   *
   * @param goodput answers in time per second during the overload, as a share of the capacity
   * @param attempts per call during the overload
   * @param recovered answers in time from 10 s after it on, as a share of the calls
   */
  record Result(double goodput, double attempts, double recovered) {}

  private final EventTime time;
  private final double factor;
  private final Without without;
  private final Call<String, String> call;
  private final Policies policies;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Next server;
  private int free = WORKERS;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int answeredInStorm;
  private int callsInStorm;
  private int attemptsInStorm;
  private int answeredAfter;
  private int callsAfter;

  Overload(long seed, double factor, Duration eachAttemptWithin, Without without) {
    this.time = new EventTime(seed);
    this.factor = factor;
    this.without = without;
    this.call =
        Call.named("sim.call", new Text(), new Text())
            .asIdempotent()
            .answeredWithin(Duration.ofSeconds(1))
            .eachAttemptWithin(eachAttemptWithin);
    // A quarter of the standard, as the workers are a quarter of a server's threads.
    int serving = without == Without.BOUND_IN_FLIGHT ? Integer.MAX_VALUE : 64;
    this.policies = Policies.standard().serving(serving);
    this.server = Pipeline.chain(receiving(), this::handle);
  }

  private static long seconds(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  Result run() {
    for (int i = 0; i < CLIENTS; i++) {
      Next client = Pipeline.chain(sending(new Steps(place("client"), Verb.CALL, call)), wire());
      arrivals(client);
    }
    time.runUntil(Duration.ofNanos(END).plusSeconds(2));
    double storm = (OVER - SETTLED) / 1e9;
    return new Result(
        answeredInStorm / storm / CAPACITY,
        (double) attemptsInStorm / callsInStorm,
        (double) answeredAfter / callsAfter);
  }

  private Steps.Place place(String name) {
    Switches switches = new Switches(policies.breaker(), policies.limits());
    return new Steps.Place(
        name,
        "sim",
        policies,
        switches,
        meters,
        time,
        Runnable::run,
        OpenTelemetry.noop(),
        new Gauges(meters));
  }

  private List<Policy> sending(Steps steps) {
    List<Policy> order = Pipeline.sending(steps, policies);
    return without == Without.BUDGET ? Weaker.withoutBudget(order, call, policies, time) : order;
  }

  private List<Policy> receiving() {
    Steps steps = new Steps(place("server"), Verb.ANSWER, call);
    List<Policy> order =
        new ArrayList<>(
            Pipeline.receiving(steps, policies, Optional.of(steps.shed()), this::whenFree));
    if (order.size() != 6) {
      throw new AssertionError("the order has changed, change this too: " + order.size());
    }
    if (without == Without.DROP_OF_EXPIRED) {
      order.remove(5);
      order.remove(1);
    }
    return order;
  }

  private double rate() {
    boolean storm = time.nanos() >= STORM && time.nanos() < OVER;
    return CAPACITY * (storm ? factor : CALM) / CLIENTS;
  }

  private void arrivals(Next client) {
    double wait = -Math.log(1 - time.random()) / rate();
    time.schedule(
        Duration.ofNanos((long) (wait * 1e9)),
        () -> {
          if (time.nanos() < END) {
            begin(client);
            arrivals(client);
          }
        });
  }

  private void begin(Next client) {
    long begun = time.nanos();
    boolean storm = begun >= STORM && begun < OVER;
    boolean after = begun >= RECOVERED;
    callsInStorm += storm ? 1 : 0;
    callsAfter += after ? 1 : 0;
    Envelope message = Envelope.of("id", "sim.call", "text/plain", time.now(), new byte[0]);
    Deadline deadline = Deadline.after(time, call.answeredWithin());
    Exchange exchange = Exchange.of(Verb.CALL, call, "there", message, deadline, 1);
    Pipeline.run(client, exchange, reply -> reply)
        .whenComplete(
            (reply, failure) -> {
              if (failure == null && !deadline.expired()) {
                long now = time.nanos();
                answeredInStorm += now >= SETTLED && now < OVER ? 1 : 0;
                answeredAfter += after ? 1 : 0;
              }
            });
  }

  /** A transport: there and back through the network, and an end at the deadline. */
  private Next wire() {
    return exchange -> {
      attemptsInStorm += time.nanos() >= STORM && time.nanos() < OVER ? 1 : 0;
      CompletableFuture<Reply> reply = new CompletableFuture<>();
      Deadline deadline = exchange.deadline();
      var late = time.schedule(deadline.remaining(), () -> reply.completeExceptionally(late()));
      reply.whenComplete((answer, failure) -> late.cancel());
      time.schedule(NETWORK, () -> arrive(exchange, reply));
      return reply;
    };
  }

  private static CommsException late() {
    return new CommsException.DeadlineExceeded(Facts.of("sim.call").message("late"));
  }

  private void arrive(Exchange exchange, CompletableFuture<Reply> reply) {
    Exchange arrived =
        Exchange.of(Verb.ANSWER, call, "", exchange.message(), exchange.deadline(), 1);
    Pipeline.run(server, arrived, answer -> answer)
        .whenComplete(
            (answer, failure) ->
                time.schedule(
                    NETWORK,
                    () -> {
                      if (failure == null) {
                        reply.complete(answer);
                      } else {
                        reply.completeExceptionally(failure);
                      }
                    }));
  }

  /** Stands where the threads of handlers stand: so many at a time, the others wait in line. */
  private CompletableFuture<? extends Reply> whenFree(Exchange exchange, Next next) {
    CompletableFuture<Reply> result = new CompletableFuture<>();
    waiting.add(
        () ->
            next.proceed(exchange)
                .whenComplete(
                    (reply, failure) -> {
                      free++;
                      if (failure == null) {
                        result.complete(reply);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    }));
    work();
    return result;
  }

  private void work() {
    while (free > 0 && !waiting.isEmpty()) {
      free--;
      waiting.remove().run();
    }
  }

  /** A handler that does its work to the end, whoever still waits for it. */
  private CompletableFuture<Reply> handle(Exchange exchange) {
    CompletableFuture<Reply> done = new CompletableFuture<>();
    long nanos = (long) (SERVICE.toNanos() * (0.5 + time.random()));
    time.schedule(
        Duration.ofNanos(nanos),
        () -> {
          done.complete(Envelope.EMPTY);
          work();
        });
    return done;
  }
}
