package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Time;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Host;
import dev.comms.spi.Pipe;
import dev.comms.spi.Transport;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** The service around one case, which closes everything in reverse order. */
final class Service implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(30);
  static final Call<byte[], byte[]> ASK =
      Call.named("it.Service/Ask", Codec.bytes(), Codec.bytes()).answeredWithin(LONG);
  static final Download<byte[], byte[]> WATCH =
      Download.named("it.Service/Watch", Codec.bytes(), Codec.bytes())
          .firstWithin(LONG)
          .idleWithin(LONG)
          .totalWithin(LONG);

  /** What a service that knows nothing of us would use. */
  static final MethodDescriptor<byte[], byte[]> FOREIGN =
      MethodDescriptor.newBuilder(BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
          .setType(MethodType.UNARY)
          .setFullMethodName(ASK.name())
          .build();

  final Time time = Time.system();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ThreadPoolExecutor callbacks =
      new ThreadPoolExecutor(
          4,
          4,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(100_000),
          work -> {
            Thread thread = new Thread(work, "it-callbacks");
            thread.setDaemon(true);
            return thread;
          });

  Host host() {
    return new Host("it", new SimpleMeterRegistry(), time, callbacks);
  }

  <T extends Transport> T attach(T transport) {
    owns(transport);
    get(transport.attach(host()));
    return transport;
  }

  <T extends AutoCloseable> T owns(T resource) {
    open.push(resource);
    return resource;
  }

  GrpcServer serve(GrpcServer server, Contract contract, Answerer answerer) {
    server.answer(Map.of(contract, answerer));
    return attach(server);
  }

  GrpcServer serve(Contract contract, Answerer answerer) {
    return serve(GrpcServer.on(0).plaintext(), contract, answerer);
  }

  GrpcTransport connect(String target) {
    return attach(GrpcTransport.to(target).plaintext());
  }

  CompletableFuture<Envelope> ask(GrpcTransport client, String text) {
    return client.call(ASK, envelope(text), in(LONG));
  }

  Deadline in(Duration duration) {
    return Deadline.after(time, duration);
  }

  <T> T get(CompletableFuture<T> result) {
    return time.await(result, "it", in(LONG));
  }

  CommsException failure(CompletableFuture<?> result) {
    try {
      throw new AssertionError("expected a failure and got " + get(result));
    } catch (CommsException failure) {
      return failure;
    }
  }

  static Envelope envelope(String text) {
    return Envelope.of(
        "id-1", ASK.name(), "text/plain", Instant.now(), text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Envelope envelope) {
    return new String(envelope.body(), StandardCharsets.UTF_8);
  }

  static Answerer answering(BiFunction<Envelope, Deadline, CompletableFuture<Envelope>> answer) {
    return new Answerer() {
      @Override
      public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
        return answer.apply(request, deadline);
      }

      @Override
      public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
        return CompletableFuture.failedFuture(new AssertionError("no stream was expected"));
      }
    };
  }

  static Answerer streaming(BiFunction<Envelope, Pipe, CompletableFuture<Void>> stream) {
    return new Answerer() {
      @Override
      public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
        return CompletableFuture.failedFuture(new AssertionError("no call was expected"));
      }

      @Override
      public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
        return stream.apply(head, pipe);
      }
    };
  }

  static Answerer echo() {
    return answering((request, deadline) -> CompletableFuture.completedFuture(request));
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      close(open.pop());
    }
    callbacks.shutdownNow();
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception failed) {
      throw new AssertionError("closing must not fail", failed);
    }
  }
}
