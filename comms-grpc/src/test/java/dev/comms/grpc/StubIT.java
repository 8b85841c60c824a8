package dev.comms.grpc;

import static dev.comms.grpc.Four.ASK;
import static dev.comms.grpc.Four.SEND;
import static dev.comms.grpc.Four.TALK;
import static dev.comms.grpc.Four.WATCH;
import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.comms.contract.CommsException;
import dev.comms.policy.Policies;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every kind of stub over a guarded channel, with a generated service on the other side. */
class StubIT {
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicInteger attempts = new AtomicInteger();
  private final Pair pair = new Pair();
  private Channel channel;

  @BeforeEach
  void start() {
    String address = pair.serve(Policies.standard(), new Four.Impl(), Four.ALL);
    Policies counting =
        Policies.standard()
            .aroundMessage(
                (exchange, next) -> {
                  messages.incrementAndGet();
                  return next.proceed(exchange);
                })
            .aroundAttempt(
                (exchange, next) -> {
                  attempts.incrementAndGet();
                  return next.proceed(exchange);
                });
    channel = GuardedChannel.over(pair.calls(counting, address), Four.ALL);
  }

  @AfterEach
  void stop() {
    pair.close();
  }

  /** Applied once, never twice. */
  private void appliedOnce() {
    assertThat(messages).as("policies around the message").hasValue(1);
    assertThat(attempts).as("policies around the attempt").hasValue(1);
  }

  @Test
  void aBlockingStubAsksAndWatches() {
    assertThat(ClientCalls.blockingUnaryCall(channel, ASK, DEFAULT, text("a")))
        .isEqualTo(text("a"));
    appliedOnce();

    List<String> heard = new ArrayList<>();
    ClientCalls.blockingServerStreamingCall(channel, WATCH, DEFAULT, text("3"))
        .forEachRemaining(message -> heard.add(message.getValue()));
    assertThat(heard).containsExactly("1", "2", "3");
  }

  @Test
  void aBlockingStubOfTheSecondVersionAsksAndWatches() throws Exception {
    assertThat(ClientCalls.blockingV2UnaryCall(channel, ASK, DEFAULT, text("a")))
        .isEqualTo(text("a"));

    BlockingClientCall<StringValue, StringValue> watching =
        ClientCalls.blockingV2ServerStreamingCall(channel, WATCH, DEFAULT, text("2"));
    assertThat(watching.read()).isEqualTo(text("1"));
    assertThat(watching.read()).isEqualTo(text("2"));
    assertThat(watching.read()).isNull();
  }

  @Test
  void aBlockingStubOfTheSecondVersionSendsAndTalks() throws Exception {
    BlockingClientCall<StringValue, StringValue> sending =
        ClientCalls.blockingClientStreamingCall(channel, SEND, DEFAULT);
    for (int i = 0; i < 100; i++) {
      assertThat(sending.write(text("x"), 30, SECONDS)).isTrue();
    }
    sending.halfClose();
    assertThat(sending.read(30, SECONDS)).isEqualTo(text("100"));
    appliedOnce();

    BlockingClientCall<StringValue, StringValue> talking =
        ClientCalls.blockingBidiStreamingCall(channel, TALK, DEFAULT);
    for (int i = 0; i < 50; i++) {
      talking.write(text("m" + i), 30, SECONDS);
      assertThat(talking.read(30, SECONDS)).isEqualTo(text("m" + i));
    }
    talking.halfClose();
    assertThat(talking.read(30, SECONDS)).isNull();
  }

  @Test
  void aFutureStubAsks() throws Exception {
    var answer = ClientCalls.futureUnaryCall(channel.newCall(ASK, DEFAULT), text("a"));

    assertThat(answer.get(30, SECONDS)).isEqualTo(text("a"));
    appliedOnce();
  }

  @Test
  void anAsyncStubAsks() throws Exception {
    Heard heard = new Heard();
    ClientCalls.asyncUnaryCall(channel.newCall(ASK, DEFAULT), text("a"), heard);

    heard.end.get(30, SECONDS);
    assertThat(heard.messages).containsExactly("a");
    appliedOnce();
  }

  @Test
  void anAsyncStubWatches() throws Exception {
    Heard heard = new Heard();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text("2000"), heard);

    heard.end.get(30, SECONDS);
    assertThat(heard.messages).hasSize(2000).contains("2000").doesNotHaveDuplicates();
    appliedOnce();
  }

  @Test
  void anAsyncStubSends() throws Exception {
    Heard heard = new Heard();
    StreamObserver<StringValue> up =
        ClientCalls.asyncClientStreamingCall(channel.newCall(SEND, DEFAULT), heard);
    for (int i = 0; i < 500; i++) {
      up.onNext(text("x"));
    }
    up.onCompleted();

    heard.end.get(30, SECONDS);
    assertThat(heard.messages).containsExactly("500");
    appliedOnce();
  }

  @Test
  void anAsyncStubTalks() throws Exception {
    Heard heard = new Heard();
    StreamObserver<StringValue> up =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), heard);
    up.onNext(text("one"));
    await().atMost(Service.LONG).until(() -> heard.messages.contains("one"));
    up.onNext(text("two"));
    up.onCompleted();

    heard.end.get(30, SECONDS);
    assertThat(heard.messages).containsExactly("one", "two");
    appliedOnce();
  }

  @Test
  void aMethodWithoutAContractIsRefusedByNameWithWhatToDeclare() {
    Channel some = GuardedChannel.over(pair.calls("127.0.0.1:1"), Four.ASKED);

    assertThatThrownBy(
            () -> ClientCalls.blockingServerStreamingCall(some, WATCH, DEFAULT, text("")))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("it.Four/Watch")
        .hasMessageContaining("GrpcCall.download(..).firstWithin(..)");
  }

  @Test
  void aMethodOfAnotherKindThanItsContractIsRefused() {
    var otherKind =
        ASK.toBuilder().setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING).build();

    assertThatThrownBy(() -> channel.newCall(otherKind, DEFAULT))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("SERVER_STREAMING")
        .hasMessageContaining("UNARY");
  }

  @Test
  void twoContractsOfOneMethodAreRefused() {
    assertThatThrownBy(() -> GuardedChannel.over(pair.calls("127.0.0.1:1"), Four.ASKED, Four.ASKED))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("it.Four/Ask");
  }

  @Test
  void credentialsOfAStubAreRefusedAndNotDropped() {
    CallCredentials secret =
        new CallCredentials() {
          @Override
          public void applyRequestMetadata(RequestInfo info, Executor on, MetadataApplier to) {
            throw new AssertionError("nobody may ask");
          }
        };

    assertThatThrownBy(() -> channel.newCall(ASK, DEFAULT.withCallCredentials(secret)))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("credentials");
  }
}
