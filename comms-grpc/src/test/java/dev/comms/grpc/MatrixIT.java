package dev.comms.grpc;

import static dev.comms.grpc.Four.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.comms.Calls;
import dev.comms.Server;
import dev.comms.contract.Backoff;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.policy.Policies;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each limit and each policy, for all four kinds, in both forms: contracts on both sides, and a
 * stub that calls a generated service.
 */
class MatrixIT {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Service.LONG;

  enum Form {
    CONTRACT,
    STUB
  }

  /** What the answering side does. */
  private enum Does {
    ANSWER,
    HANG,
    ANSWER_ONCE_AND_HANG,
    BREAK
  }

  record Limits(Duration first, Duration idle, Duration total) {}

  private static final Limits GENEROUS = new Limits(LONG, LONG, LONG);

  private final Pair pair = new Pair();
  private final Semaphore reached = new Semaphore(0);
  private volatile Does does = Does.ANSWER;

  @AfterEach
  void stop() {
    pair.close();
  }

  static Stream<Arguments> cells() {
    return Stream.of(Form.values())
        .flatMap(
            form ->
                Stream.of(
                        MethodType.UNARY,
                        MethodType.SERVER_STREAMING,
                        MethodType.CLIENT_STREAMING,
                        MethodType.BIDI_STREAMING)
                    .map(type -> Arguments.of(form, type)));
  }

  static Stream<Arguments> streams() {
    return cells().filter(cell -> cell.get()[1] != MethodType.UNARY);
  }

  static Stream<Arguments> streamsWithAFirstReply() {
    return streams().filter(cell -> cell.get()[1] != MethodType.CLIENT_STREAMING);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void theWholeLimitEndsIt(Form form, MethodType type) {
    does = Does.HANG;
    MatrixRun run = run(form, type, Policies.standard(), new Limits(LONG, LONG, SHORT));

    CommsException late = run.failure(Kind.DEADLINE_EXCEEDED, Status.Code.DEADLINE_EXCEEDED);
    if (type != MethodType.UNARY) {
      assertThat(late).hasMessageContaining("totalWithin");
    }
  }

  @ParameterizedTest
  @MethodSource("streamsWithAFirstReply")
  void theFirstLimitEndsAStream(Form form, MethodType type) {
    does = Does.HANG;
    MatrixRun run = run(form, type, Policies.standard(), new Limits(SHORT, LONG, LONG));

    assertThat(run.failure(Kind.DEADLINE_EXCEEDED, Status.Code.DEADLINE_EXCEEDED))
        .hasMessageContaining("firstWithin");
  }

  @ParameterizedTest
  @MethodSource("streams")
  void theIdleLimitEndsAStream(Form form, MethodType type) {
    does = Does.ANSWER_ONCE_AND_HANG;
    MatrixRun run = run(form, type, Policies.standard(), new Limits(LONG, SHORT, LONG));

    assertThat(run.failure(Kind.DEADLINE_EXCEEDED, Status.Code.DEADLINE_EXCEEDED))
        .hasMessageContaining("idleWithin");
  }

  @ParameterizedTest
  @MethodSource("cells")
  void theBulkheadRefusesWhatIsTooMuch(Form form, MethodType type) throws Exception {
    does = Does.HANG;
    MatrixRun run = run(form, type, Policies.standard().inFlight(1), GENEROUS);
    CompletableFuture<?> first = CompletableFuture.runAsync(run::quietly, pair.threads());
    assertThat(reached.tryAcquire(30, TimeUnit.SECONDS)).isTrue();

    assertThat(run.failure(Kind.OVERLOADED, Status.Code.RESOURCE_EXHAUSTED))
        .hasMessageContaining("already 1 under way");
    assertThat(first).isNotDone();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void theRateLimitRefusesWhatIsTooFast(Form form, MethodType type) {
    MatrixRun run = run(form, type, Policies.standard().perSecond(1), GENEROUS);
    CommsException refused = null;
    for (int i = 0; i < 100 && refused == null; i++) {
      refused = run.outcome();
    }

    assertThat(refused).isNotNull().hasMessageContaining("more than 1 per second");
    assertThat(refused.kind()).isEqualTo(Kind.OVERLOADED);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void theBreakerOpensForATargetThatBreaks(Form form, MethodType type) {
    does = Does.BREAK;
    MatrixRun run = run(form, type, Policies.standard(), GENEROUS);
    CommsException last = null;
    // Its window is 10 s of time and needs 20 calls in it.
    for (int i = 0; i < 200 && (last == null || last.kind() != Kind.CIRCUIT_OPEN); i++) {
      last = run.outcome();
    }

    assertThat(last).isNotNull();
    assertThat(run.failure(Kind.CIRCUIT_OPEN, Status.Code.UNAVAILABLE).effect())
        .isEqualTo(Effect.NONE);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void whatWasNeverSentIsTriedAgain(Form form, MethodType type) {
    AtomicInteger attempts = new AtomicInteger();
    Policies failingOnce =
        Policies.standard()
            .backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
            .aroundAttempt(
                (exchange, next) ->
                    attempts.incrementAndGet() == 1
                        ? CompletableFuture.failedFuture(
                            new CommsException.Unavailable(
                                CommsException.Facts.of("it")
                                    .effect(Effect.NONE)
                                    .fault(Fault.NETWORK)))
                        : next.proceed(exchange));
    MatrixRun run = run(form, type, failingOnce, GENEROUS);

    assertThat(run.outcome()).isNull();
    assertThat(attempts).hasValue(2);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aServerThatHasTooMuchToDoRefusesWithoutEffect(Form form, MethodType type) throws Exception {
    does = Does.HANG;
    String address = serve(form, Policies.standard().serving(1));
    // Attempts of the refused are not what is tested here.
    Calls calls = pair.calls(Policies.standard(), address);
    MatrixRun run = new MatrixRun(form, type, calls, GENEROUS);
    CompletableFuture<?> first = CompletableFuture.runAsync(run::quietly, pair.threads());
    assertThat(reached.tryAcquire(30, TimeUnit.SECONDS)).isTrue();

    CommsException shed = run.failure(Kind.OVERLOADED, Status.Code.RESOURCE_EXHAUSTED);
    assertThat(shed.effect()).isEqualTo(Effect.NONE);
    assertThat(shed.fault()).isEqualTo(Fault.OVERLOAD);
    assertThat(shed.retryAfter()).isPositive();
    assertThat(shed.details().reason()).isEqualTo("OVERLOADED");
    assertThat(first).isNotDone();
  }

  private MatrixRun run(Form form, MethodType type, Policies policies, Limits limits) {
    return new MatrixRun(
        form, type, pair.calls(policies, serve(form, Policies.standard())), limits);
  }

  private String serve(Form form, Policies policies) {
    return form == Form.STUB
        ? pair.serve(policies, new Impl(), Four.ALL)
        : pair.serve(policies, GrpcServer.on(0).plaintext(), this::handlers);
  }

  private void handlers(Server server) {
    server
        .answer(
            Four.ASKED,
            (request, context) -> {
              act();
              return request;
            })
        .stream(Four.WATCHED, (request, out, context) -> reply(out))
        .collect(
            Four.SENT,
            (in, context) -> {
              in.forEachRemaining(message -> {});
              act();
              return text("all");
            })
        .converse(Four.TALKED, (in, out, context) -> reply(out));
  }

  private void reply(Consumer<StringValue> out) throws InterruptedException {
    if (does == Does.ANSWER || does == Does.ANSWER_ONCE_AND_HANG) {
      out.accept(text("one"));
    }
    act();
  }

  /** Hangs until it is interrupted, which the end of its call does. */
  private void act() throws InterruptedException {
    reached.release();
    switch (does) {
      case HANG, ANSWER_ONCE_AND_HANG -> new Semaphore(0).acquire();
      case BREAK -> throw new IllegalStateException("broken on purpose");
      case ANSWER -> {}
    }
  }

  private final class Impl extends Four.Impl {
    private void acting(Consumer<StringValue> out, Runnable end) {
      try {
        reply(out);
        end.run();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    void ask(StringValue request, StreamObserver<StringValue> out) {
      acting(message -> {}, () -> super.ask(request, out));
    }

    @Override
    void watch(StringValue request, StreamObserver<StringValue> out) {
      acting(out::onNext, out::onCompleted);
    }

    @Override
    StreamObserver<StringValue> send(StreamObserver<StringValue> out) {
      StreamObserver<StringValue> counting = super.send(out);
      return new Four.Observer(out) {
        @Override
        public void onNext(StringValue message) {
          counting.onNext(message);
        }

        @Override
        public void onCompleted() {
          acting(message -> {}, counting::onCompleted);
        }
      };
    }

    @Override
    StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
      acting(out::onNext, () -> {});
      return super.talk(out);
    }
  }
}
