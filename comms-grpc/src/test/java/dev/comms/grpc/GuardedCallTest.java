package dev.comms.grpc;

import static dev.comms.grpc.Four.ASK;
import static dev.comms.grpc.Four.SEND;
import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.comms.contract.CommsException;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a guarded call keeps to without a peer. */
class GuardedCallTest {
  private final Pair pair = new Pair();
  private final Queue<Runnable> turns = new ArrayDeque<>();
  private final List<String> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    pair.close();
  }

  private Channel nowhere() {
    return GuardedChannel.over(pair.calls("127.0.0.1:1"), Four.ALL);
  }

  private void run() {
    for (Runnable next = turns.poll(); next != null; next = turns.poll()) {
      next.run();
    }
  }

  private ClientCall.Listener<StringValue> listener(Runnable atHeaders) {
    return new ClientCall.Listener<>() {
      @Override
      public void onHeaders(Metadata headers) {
        told.add("headers");
        atHeaders.run();
      }

      @Override
      public void onMessage(StringValue message) {
        told.add("message");
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        told.add(status.getCode() + " " + status.getDescription());
      }
    };
  }

  @Test
  void whatAListenerThrowsIsItsEndAndNothingIsToldInBetween() {
    var call = (GuardedCall<StringValue, StringValue>) started(() -> fail());
    call.deliver(text("a").toByteArray());
    call.end(Status.OK, new Metadata());

    run();

    assertThat(told).containsExactly("headers", "CANCELLED the listener threw");
  }

  private static void fail() {
    throw new IllegalStateException("bug");
  }

  private ClientCall<StringValue, StringValue> started(Runnable atHeaders) {
    var call = nowhere().newCall(ASK, DEFAULT.withExecutor(turns::add));
    call.start(listener(atHeaders), new Metadata());
    return call;
  }

  @Test
  void whatIsSentAfterTheEndIsNotKept() {
    var call = nowhere().newCall(SEND, DEFAULT.withExecutor(turns::add));
    call.start(listener(() -> {}), new Metadata());
    call.cancel("enough", null);

    call.sendMessage(text("late"));

    assertThat(call).hasFieldOrPropertyWithValue("unsentBytes", 0L);
    run();
    assertThat(told).containsExactly("CANCELLED enough");
  }

  @Test
  void inAContextThatIsOverNothingBegins() {
    Context.CancellableContext over = Context.current().withCancellation();
    over.cancel(null);
    ClientCall<StringValue, StringValue> call;
    Context before = over.attach();
    try {
      call = nowhere().newCall(SEND, DEFAULT.withExecutor(turns::add));
      call.start(listener(() -> {}), new Metadata());
    } finally {
      over.detach(before);
    }

    run();
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).startsWith("CANCELLED");
    assertThat(call).extracting("opening").isNull();
  }

  @Test
  void aTokenOfAStubIsRefusedByName() {
    for (String name : List.of("authorization", "proxy-authorization")) {
      told.clear();
      Metadata token = new Metadata();
      token.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), "Bearer s3cret");
      var call = nowhere().newCall(ASK, DEFAULT.withExecutor(turns::add));
      call.start(listener(() -> {}), token);

      run();

      assertThat(told).hasSize(1);
      assertThat(told.get(0))
          .startsWith("INVALID_ARGUMENT header '" + name + "'")
          .contains("GrpcTransport.bearer(..)")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void aStubThatBlocksIsRefusedOnACallbackThread() {
    var calls = pair.calls("127.0.0.1:1");
    Channel channel = GuardedChannel.over(calls, Four.ALL);

    var asked =
        CompletableFuture.supplyAsync(
                () -> ClientCalls.blockingUnaryCall(channel, ASK, DEFAULT, text("a")),
                calls.raw().callbacks())
            .orTimeout(30, SECONDS);

    assertThatThrownBy(asked::join)
        .hasCauseInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("blocking");
  }

  @Test
  void whatThrowsDoesNotStopWhatWaitsBehindIt() {
    Serial serial = new Serial(turns::add);
    serial.execute(GuardedCallTest::fail);
    serial.execute(() -> told.add("second"));
    run();
    serial.execute(() -> told.add("third"));
    run();

    assertThat(told).containsExactly("second", "third");
  }
}
