package dev.comms.bench.pair;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClientStubFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServiceDescriptor;
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

  private final Channel channel;
  private final Runnable end;

  private RawCall(Channel channel, Runnable end) {
    this.channel = channel;
    this.end = end;
  }

  /** grpc-java's own channel. */
  static RawCall grpc(String address) {
    ExecutorService callbacks = Executors.newFixedThreadPool(THREADS);
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
            .executor(callbacks)
            .defaultLoadBalancingPolicy("round_robin")
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .build();
    return new RawCall(
        channel,
        () -> {
          channel.shutdownNow();
          callbacks.shutdownNow();
        });
  }

  /** Armeria's, whose callbacks run on its event loops. */
  static RawCall armeria(String address) {
    ClientFactory factory =
        ClientFactory.builder().pingIntervalMillis(TimeUnit.SECONDS.toMillis(30)).build();
    Stub stub =
        GrpcClients.builder("gproto+http://" + address + "/")
            .factory(factory)
            .clientStubFactory(new Stubs())
            .build(Stub.class);
    return new RawCall(stub.channel, factory::close);
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
    end.run();
  }

  /** What Armeria makes a client of: a stub that shows its channel. */
  private static final class Stub {
    private final Channel channel;

    Stub(Channel channel) {
      this.channel = channel;
    }
  }

  private static final class Stubs implements GrpcClientStubFactory {
    @Override
    public ServiceDescriptor findServiceDescriptor(Class<?> type) {
      String service = String.valueOf(BytesMethod.ASK.getServiceName());
      return ServiceDescriptor.newBuilder(service).addMethod(BytesMethod.ASK).build();
    }

    @Override
    public Object newClientStub(Class<?> type, Channel channel) {
      return new Stub(channel);
    }
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
