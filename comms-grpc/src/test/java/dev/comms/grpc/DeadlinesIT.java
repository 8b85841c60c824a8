package dev.comms.grpc;

import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.comms.Calls;
import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.policy.Mode;
import dev.comms.policy.Policies;
import dev.comms.testkit.proxy.Direction;
import dev.comms.testkit.proxy.FaultProxy;
import dev.comms.testkit.proxy.NetworkFault;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Deadlines over two hops, and that a blocking call returns when its peer does not. The issue's
 * bound (p99.9 within 50 ms of the deadline, 250 ms at most) needs {@code
 * -Dcomms.grpc.deadline.calls=2000} on a quiet machine; by default it is 8 calls per case, and the
 * median within 50 ms.
 */
class DeadlinesIT {
  private static final int CALLS = Integer.getInteger("comms.grpc.deadline.calls", 8);
  private static final Duration LIMIT = Duration.ofMillis(100);

  /** An open breaker would refuse at once, and nothing would be late. */
  private static final Policies ASKING_ON = Policies.standard().breaker(Mode.OBSERVE);

  private final Pair pair = new Pair();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void eachHopSeesLessThanTheOneBefore() {
    AtomicReference<Duration> atC = new AtomicReference<>();
    AtomicReference<Duration> atB = new AtomicReference<>();
    String third =
        pair.serve(
            Policies.standard(),
            GrpcServer.on(0).plaintext(),
            server ->
                server.answer(
                    Four.ASKED,
                    (request, context) -> {
                      atC.set(context.deadline().remaining());
                      return request;
                    }));
    Calls toThird = pair.calls(third);
    String second =
        pair.serve(
            Policies.standard(),
            GrpcServer.on(0).plaintext(),
            server ->
                server.answer(
                    Four.ASKED,
                    (request, context) -> {
                      atB.set(context.deadline().remaining());
                      return toThird.call(Four.ASKED, request);
                    }));

    pair.calls(second).within(Duration.ofSeconds(20)).call(Four.ASKED, text("a"));

    assertThat(atB.get()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
    assertThat(atC.get()).isLessThan(atB.get()).isPositive();
  }

  @Test
  void anExpiredCallIsRefusedAtOnceAndNotHandled() {
    String address = pair.serve(Policies.standard(), counting(), Four.ALL);

    assertThatThrownBy(
            () -> pair.calls(address).within(Duration.ofNanos(1)).call(Four.ASKED, text("a")))
        .isInstanceOf(CommsException.DeadlineExceeded.class);
    assertThat(asked).hasValue(0);
  }

  private Four.Impl counting() {
    return new Four.Impl() {
      @Override
      void ask(StringValue request, StreamObserver<StringValue> out) {
        asked.incrementAndGet();
        super.ask(request, out);
      }
    };
  }

  @Test
  void aBlockingCallReturnsWhenItsServerNeverAnswers() throws Exception {
    Four.Impl silent =
        new Four.Impl() {
          @Override
          void ask(StringValue request, StreamObserver<StringValue> out) {
            Four.full(out).setOnCancelHandler(() -> {});
          }
        };
    both(
        "never answered", pair.calls(ASKING_ON, pair.serve(Policies.standard(), silent, Four.ALL)));
  }

  @Test
  void aBlockingCallReturnsWhenItsPeerIsBlackHoled() throws Exception {
    both("black hole", behind(NetworkFault.blackHole()));
  }

  @Test
  void aBlockingCallReturnsWhenItsConnectionIsHalfOpen() throws Exception {
    both("half open", behind(NetworkFault.blackHole().towards(Direction.CLIENT)));
  }

  /** A connection that was well, and is so no more. */
  private Calls behind(NetworkFault fault) {
    String address = pair.serve(Policies.standard(), new Four.Impl(), Four.ALL);
    int colon = address.lastIndexOf(':');
    FaultProxy proxy =
        pair.owns(
            FaultProxy.to(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
    Calls calls = pair.calls(ASKING_ON, proxy.address());
    calls.call(Four.ASKED, text("well"));
    proxy.apply(fault);
    return calls;
  }

  private void both(String what, Calls calls) throws Exception {
    Call<StringValue, StringValue> brief = Four.ask(LIMIT);
    GuardedChannel channel = GuardedChannel.over(calls, brief);
    measured(what + ", contract", () -> calls.call(brief, text("a")));
    measured(
        what + ", stub",
        () -> ClientCalls.blockingUnaryCall(channel, Four.ASK, DEFAULT, text("a")));
  }

  private static void measured(String what, Callable<?> call) throws Exception {
    long[] late = new long[CALLS];
    for (int i = 0; i < CALLS; i++) {
      long begun = System.nanoTime();
      try {
        call.call();
        throw new AssertionError("nobody could answer");
      } catch (CommsException failed) {
        expected(failed);
      } catch (io.grpc.StatusRuntimeException failed) {
        expected((CommsException) failed.getStatus().getCause());
        assertThat(failed.getStatus().getCode())
            .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE);
      }
      late[i] = (System.nanoTime() - begun - LIMIT.toNanos()) / 1000;
    }
    Arrays.sort(late);
    System.out.printf(
        "deadline, %s: after it by p50 %d us, p99 %d us, p99.9 %d us, most %d us of %d calls%n",
        what,
        late[CALLS / 2],
        late[CALLS * 99 / 100],
        late[Math.min(CALLS - 1, CALLS * 999 / 1000)],
        late[CALLS - 1],
        CALLS);
    assertThat(late[CALLS / 2]).as("half of the calls").isLessThan(50_000);
    if (CALLS >= 1000) {
      assertThat(late[CALLS * 999 / 1000]).as("p99.9").isLessThan(50_000);
      assertThat(late[CALLS - 1]).as("the latest").isLessThan(250_000);
    }
  }

  /** UNAVAILABLE when the keepalive has found out first. */
  private static void expected(CommsException failed) {
    assertThat(failed.kind())
        .isIn(CommsException.Kind.DEADLINE_EXCEEDED, CommsException.Kind.UNAVAILABLE);
  }
}
