package dev.comms.grpc;

import com.google.protobuf.StringValue;
import dev.comms.contract.Call;
import dev.comms.contract.Contract;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Upload;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * A service of all four kinds, as a generator would write it: methods, an ImplBase, and the
 * contracts of its methods.
 */
final class Four {
  static final MethodDescriptor<StringValue, StringValue> ASK = method("Ask", MethodType.UNARY);
  static final MethodDescriptor<StringValue, StringValue> WATCH =
      method("Watch", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<StringValue, StringValue> SEND =
      method("Send", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<StringValue, StringValue> TALK =
      method("Talk", MethodType.BIDI_STREAMING);

  static final Call<StringValue, StringValue> ASKED = ask(Service.LONG);
  static final Download<StringValue, StringValue> WATCHED = watch(Service.LONG, Service.LONG);
  static final Upload<StringValue, StringValue> SENT =
      GrpcCall.upload(SEND)
          .firstWithin(Service.LONG)
          .idleWithin(Service.LONG)
          .totalWithin(Service.LONG);
  static final Dialogue<StringValue, StringValue> TALKED =
      GrpcCall.dialogue(TALK)
          .firstWithin(Service.LONG)
          .idleWithin(Service.LONG)
          .totalWithin(Service.LONG);
  static final Contract[] ALL = {ASKED, WATCHED, SENT, TALKED};

  private Four() {}

  static Call<StringValue, StringValue> ask(Duration limit) {
    return GrpcCall.unary(ASK).answeredWithin(limit);
  }

  static Download<StringValue, StringValue> watch(Duration idle, Duration total) {
    return GrpcCall.download(WATCH).firstWithin(idle).idleWithin(idle).totalWithin(total);
  }

  static StringValue text(String value) {
    return StringValue.of(value);
  }

  private static MethodDescriptor<StringValue, StringValue> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(
            ProtoUtils.marshaller(StringValue.getDefaultInstance()),
            ProtoUtils.marshaller(StringValue.getDefaultInstance()))
        .setType(type)
        .setFullMethodName("it.Four/" + name)
        .setSampledToLocalTracing(true)
        .build();
  }

  /** Answers with what it was asked; each method may be overridden. */
  static class Impl implements BindableService {
    void ask(StringValue request, StreamObserver<StringValue> out) {
      out.onNext(request);
      out.onCompleted();
    }

    /** As many numbers as the request says. */
    void watch(StringValue request, StreamObserver<StringValue> out) {
      for (int i = 1; i <= Integer.parseInt(request.getValue()); i++) {
        out.onNext(text(String.valueOf(i)));
      }
      out.onCompleted();
    }

    /** Answers with how many there were. */
    StreamObserver<StringValue> send(StreamObserver<StringValue> out) {
      return new Observer(out) {
        private int count;

        @Override
        public void onNext(StringValue message) {
          count++;
        }

        @Override
        public void onCompleted() {
          out.onNext(text(String.valueOf(count)));
          out.onCompleted();
        }
      };
    }

    StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
      return new Observer(out);
    }

    @Override
    public final ServerServiceDefinition bindService() {
      return ServerServiceDefinition.builder("it.Four")
          .addMethod(ASK, ServerCalls.asyncUnaryCall(this::ask))
          .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(this::watch))
          .addMethod(SEND, ServerCalls.asyncClientStreamingCall(this::send))
          .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(this::talk))
          .build();
    }
  }

  /** Passes everything on. */
  static class Observer implements StreamObserver<StringValue> {
    private final StreamObserver<StringValue> out;

    Observer(StreamObserver<StringValue> out) {
      this.out = out;
    }

    @Override
    public void onNext(StringValue message) {
      out.onNext(message);
    }

    @Override
    public void onError(Throwable failure) {
      // The call has been cancelled: there is nobody to be told.
    }

    @Override
    public void onCompleted() {
      out.onCompleted();
    }
  }

  static ServerCallStreamObserver<StringValue> full(StreamObserver<StringValue> out) {
    return (ServerCallStreamObserver<StringValue>) out;
  }
}
