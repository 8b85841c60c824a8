package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Server;
import dev.comms.Talk;
import dev.comms.Uploading;
import dev.comms.contract.Code;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Upload;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Uploads and dialogues with peers that know only gRPC's own stubs, on either side. */
class ForeignStreamsIT {
  private static final Upload<byte[], byte[]> SEND =
      Upload.named("it.Service/Send", Codec.bytes(), Codec.bytes())
          .firstWithin(Service.LONG)
          .idleWithin(Service.LONG)
          .totalWithin(Service.LONG);
  private static final Dialogue<byte[], byte[]> TALK =
      Dialogue.named("it.Service/Talk", Codec.bytes(), Codec.bytes())
          .firstWithin(Service.LONG)
          .idleWithin(Service.LONG)
          .totalWithin(Service.LONG);
  private static final MethodDescriptor<byte[], byte[]> FOREIGN_SEND =
      method(SEND.name(), MethodType.CLIENT_STREAMING);
  private static final MethodDescriptor<byte[], byte[]> FOREIGN_TALK =
      method(TALK.name(), MethodType.BIDI_STREAMING);

  private final Service service = new Service();

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
        .setType(type)
        .setFullMethodName(name)
        .build();
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void aForeignClientUploads() {
    ManagedChannel channel =
        channel(
            server ->
                server.collect(
                    SEND,
                    (in, context) -> {
                      int bytes = 0;
                      while (in.hasNext()) {
                        bytes += in.next().length;
                      }
                      return bytes(bytes + " bytes");
                    }));
    Heard heard = new Heard();

    StreamObserver<byte[]> up =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(FOREIGN_SEND, CallOptions.DEFAULT), heard);
    up.onNext(bytes("one"));
    up.onNext(bytes("three"));
    up.onCompleted();

    service.get(heard.end);
    assertThat(heard.messages).containsExactly("8 bytes");
  }

  @Test
  void aForeignClientTalks() {
    ManagedChannel channel =
        channel(server -> server.converse(TALK, (in, out, context) -> in.forEachRemaining(out)));
    Heard heard = new Heard();

    StreamObserver<byte[]> up =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(FOREIGN_TALK, CallOptions.DEFAULT), heard);
    up.onNext(bytes("one"));
    await().atMost(Service.LONG).until(() -> heard.messages.contains("one"));
    up.onNext(bytes("two"));
    up.onCompleted();

    service.get(heard.end);
    assertThat(heard.messages).containsExactly("one", "two");
  }

  @Test
  void aForeignClientThatCancelsFailsTheHandlersIterator() {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    CompletableFuture<Void> entered = new CompletableFuture<>();
    ManagedChannel channel =
        channel(
            server ->
                server.collect(
                    SEND,
                    (in, context) -> {
                      try {
                        in.next();
                        entered.complete(null);
                        return in.next();
                      } catch (RuntimeException gone) {
                        told.complete(gone);
                        throw gone;
                      }
                    }));
    Heard heard = new Heard();
    StreamObserver<byte[]> up =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(FOREIGN_SEND, CallOptions.DEFAULT), heard);
    up.onNext(bytes("one"));
    service.get(entered);

    up.onError(Status.CANCELLED.asRuntimeException());

    assertThat(service.get(told)).isInstanceOf(CommsException.Cancelled.class);
  }

  @Test
  void aForeignServerCollectsOurUpload() throws IOException {
    Calls calls =
        foreign(FOREIGN_SEND, ServerCalls.asyncClientStreamingCall(out -> replying(out, "2 of 2")));

    try (Uploading<byte[], byte[]> uploading = calls.open(SEND)) {
      uploading.send(bytes("one"));
      uploading.send(bytes("two"));
      assertThat(uploading.finish()).asString(StandardCharsets.UTF_8).isEqualTo("2 of 2");
    }
  }

  private static StreamObserver<byte[]> replying(StreamObserver<byte[]> out, String text) {
    return new Heard() {
      @Override
      public void onCompleted() {
        out.onNext(bytes(text));
        out.onCompleted();
      }
    };
  }

  @Test
  void aForeignServerThatEndsAnUploadWithoutAReplyHasFailed() throws IOException {
    Calls calls =
        foreign(
            // Declared as what does not check: grpc-java's own upload would not end without a
            // reply.
            method(SEND.name(), MethodType.BIDI_STREAMING),
            ServerCalls.asyncBidiStreamingCall(
                out -> {
                  out.onCompleted();
                  return new Heard();
                }));

    try (Uploading<byte[], byte[]> uploading = calls.open(SEND)) {
      assertThatThrownBy(uploading::finish)
          .isInstanceOf(CommsException.Failed.class)
          .hasMessageContaining("without a reply");
    }
  }

  @Test
  void aForeignServersNoToADialogueIsUnderstood() throws IOException {
    Calls calls =
        foreign(
            FOREIGN_TALK,
            ServerCalls.asyncBidiStreamingCall(
                out -> {
                  out.onNext(bytes("hello"));
                  out.onError(Status.NOT_FOUND.withDescription("nobody").asException());
                  return new Heard();
                }));

    try (Talk<byte[], byte[]> talk = calls.open(TALK)) {
      assertThat(talk.next()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
      assertThatThrownBy(talk::hasNext)
          .isInstanceOfSatisfying(
              CommsException.Rejected.class, no -> assertThat(no.code()).isEqualTo(Code.NOT_FOUND))
          .hasMessageContaining("nobody");
    }
  }

  @Test
  void weTalkWithAForeignServer() throws IOException {
    Calls calls =
        foreign(
            FOREIGN_TALK,
            ServerCalls.asyncBidiStreamingCall(
                out ->
                    new Heard() {
                      @Override
                      public void onNext(byte[] message) {
                        out.onNext(message);
                      }

                      @Override
                      public void onCompleted() {
                        out.onCompleted();
                      }
                    }));

    try (Talk<byte[], byte[]> talk = calls.open(TALK)) {
      for (int i = 0; i < 50; i++) {
        talk.send(bytes("n" + i));
        assertThat(talk.next()).asString(StandardCharsets.UTF_8).isEqualTo("n" + i);
      }
      talk.finishSending();
      assertThat(talk.hasNext()).isFalse();
    }
  }

  /** What a stub heard. */
  private static class Heard implements StreamObserver<byte[]> {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> end = new CompletableFuture<>();

    @Override
    public void onNext(byte[] message) {
      messages.add(new String(message, StandardCharsets.UTF_8));
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(null);
    }
  }

  /** A stub's channel to a server of ours. */
  private ManagedChannel channel(Consumer<Server> handlers) {
    GrpcServer transport = GrpcServer.on(0).plaintext();
    Comms comms = service.owns(Comms.service("it", new SimpleMeterRegistry()).build());
    handlers.accept(comms.serve(transport));
    comms.start();
    ManagedChannel channel =
        Grpc.newChannelBuilder(transport.address(), InsecureChannelCredentials.create()).build();
    service.owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }

  /** Our calls to a stub's server. */
  private Calls foreign(
      MethodDescriptor<byte[], byte[]> method, io.grpc.ServerCallHandler<byte[], byte[]> handler)
      throws IOException {
    io.grpc.Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("it.Service").addMethod(method, handler).build())
            .build()
            .start();
    service.owns(() -> server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    Comms comms = service.owns(Comms.service("it", new SimpleMeterRegistry()).build());
    Calls calls = comms.calls(GrpcTransport.to("127.0.0.1:" + server.getPort()).plaintext());
    comms.start();
    return calls;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
