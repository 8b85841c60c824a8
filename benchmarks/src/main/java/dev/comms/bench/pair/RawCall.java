package dev.comms.bench.pair;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** What a stub does: a blocking call, or one with an observer; each with a deadline and an id. */
final class RawCall implements Side {
  private static final Metadata.Key<String> ID =
      Metadata.Key.of("comms-id", Metadata.ASCII_STRING_MARSHALLER);

  /** As many as comms has; gRPC's own default grows with the callbacks. */
  private static final int THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());

  private final ExecutorService callbacks = Executors.newFixedThreadPool(THREADS);
  private final ManagedChannel channel;

  RawCall(String address) {
    channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
            .executor(callbacks)
            .defaultLoadBalancingPolicy("round_robin")
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .build();
  }

  private Channel identified() {
    Metadata metadata = new Metadata();
    metadata.put(ID, Messages.id());
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static CallOptions limited() {
    return CallOptions.DEFAULT.withDeadlineAfter(Messages.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void one() {
    ClientCalls.blockingUnaryCall(identified(), BytesMethod.ASK, limited(), Messages.BODY);
  }

  @Override
  public void begin(Done done) {
    ClientCalls.asyncUnaryCall(
        identified().newCall(BytesMethod.ASK, limited()), Messages.BODY, new Told(done));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    callbacks.shutdownNow();
  }

  private record Told(Done done) implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] reply) {}

    @Override
    public void onError(Throwable failure) {
      done.accept(null, failure);
    }

    @Override
    public void onCompleted() {
      done.accept(null, null);
    }
  }
}
