package dev.comms.grpc;

import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.comms.Calls;
import dev.comms.policy.Policies;
import dev.comms.testkit.proxy.FaultProxy;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many calls at a time on one connection, and no thread for each. */
class MultiplexIT {
  private final Pair pair = new Pair();
  private final ConcurrentLinkedQueue<StreamObserver<StringValue>> open =
      new ConcurrentLinkedQueue<>();
  private final Four.Impl later =
      new Four.Impl() {
        @Override
        void ask(StringValue request, StreamObserver<StringValue> out) {
          open.add(out);
        }
      };

  @AfterEach
  void stop() {
    pair.close();
  }

  private FaultProxy before(String address) {
    int colon = address.lastIndexOf(':');
    return pair.owns(
        FaultProxy.to(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
  }

  private void answerAll() {
    for (StreamObserver<StringValue> out = open.poll(); out != null; out = open.poll()) {
      out.onNext(text("later"));
      out.onCompleted();
    }
  }

  @Test
  void aThousandCallsAreInFlightOnOneConnectionByDefault() throws Exception {
    // The default of 1,000 per connection is the server's; what it handles at a time is a policy.
    FaultProxy proxy = before(pair.serve(Policies.standard().serving(1_000), later, Four.ALL));
    Calls calls = pair.calls(proxy.address());
    List<CompletableFuture<StringValue>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(calls.callAsync(Four.ASKED, text("a")));
    }

    await().atMost(Service.LONG).until(() -> open.size() == 1_000);
    assertThat(proxy.accepted()).as("TCP connections").isEqualTo(1);
    answerAll();

    CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
  }

  @Test
  void tenThousandCallsAreInFlightWithoutAThreadEach() throws Exception {
    GrpcServer server =
        GrpcServer.on(0)
            .plaintext()
            .maxConcurrentCallsPerConnection(10_000)
            .serving(later, Four.ALL);
    FaultProxy proxy =
        before(pair.serve(Policies.standard().serving(10_000), server, handlers -> {}));
    Calls calls = pair.calls(proxy.address());
    GuardedChannel channel = GuardedChannel.over(calls, Four.ALL);
    int threads = Thread.activeCount();
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      answers.add(calls.callAsync(Four.ASKED, text("a")));
      Heard heard = new Heard();
      answers.add(heard.end);
      ClientCalls.asyncUnaryCall(channel.newCall(Four.ASK, DEFAULT), text("a"), heard);
    }

    await().atMost(Service.LONG).until(() -> open.size() == 10_000);
    // Both sides' callbacks, the handlers' 64, and Netty's; none of them per call.
    assertThat(Thread.activeCount() - threads).as("threads more").isLessThan(120);
    assertThat(proxy.accepted()).as("TCP connections").isEqualTo(1);
    answerAll();

    CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
  }
}
