package dev.comms.grpc;

import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.comms.Calls;
import dev.comms.Incoming;
import dev.comms.Talk;
import dev.comms.Uploading;
import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Contract;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import io.grpc.Channel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** One kind in one form against one server. */
final class MatrixRun {
  private final MethodType type;
  private final Calls calls;
  private final Contract contract;
  private final Channel channel;
  private final MatrixIT.Form form;

  MatrixRun(MatrixIT.Form form, MethodType type, Calls calls, MatrixIT.Limits limits) {
    this.form = form;
    this.type = type;
    this.calls = calls;
    this.contract = contract(type, limits);
    this.channel = GuardedChannel.over(calls, contract);
  }

  private static Contract contract(MethodType type, MatrixIT.Limits limits) {
    StreamCall.Named<? extends Contract> stream =
        switch (type) {
          case UNARY, UNKNOWN -> null;
          case SERVER_STREAMING -> GrpcCall.download(Four.WATCH);
          case CLIENT_STREAMING -> GrpcCall.upload(Four.SEND);
          case BIDI_STREAMING -> GrpcCall.dialogue(Four.TALK);
        };
    return stream == null
        ? Four.ask(limits.total())
        : stream.firstWithin(limits.first()).idleWithin(limits.idle()).totalWithin(limits.total());
  }

  CommsException failure(Kind kind, Status.Code code) {
    CommsException failure = null;
    try {
      go();
    } catch (CommsException ours) {
      failure = ours;
    } catch (ExecutionException stubs) {
      Status status = Status.fromThrowable(stubs);
      assertThat(status.getCode()).isEqualTo(code);
      failure = (CommsException) status.getCause();
    }
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).as(String.valueOf(failure)).isEqualTo(kind);
    return failure;
  }

  /** Null if it went well. */
  CommsException outcome() {
    try {
      go();
      return null;
    } catch (CommsException ours) {
      return ours;
    } catch (ExecutionException stubs) {
      return (CommsException) Status.fromThrowable(stubs).getCause();
    }
  }

  void quietly() {
    outcome();
  }

  private void go() throws ExecutionException {
    if (form == MatrixIT.Form.STUB) {
      throughStub();
    } else {
      throughContract();
    }
  }

  @SuppressWarnings("unchecked") // made above of methods of these types
  private void throughContract() {
    if (contract instanceof Call<?, ?> call) {
      calls.call((Call<StringValue, StringValue>) call, text("a"));
    } else if (contract instanceof Download<?, ?> download) {
      try (Incoming<StringValue> in =
          calls.open((Download<StringValue, StringValue>) download, text("a"))) {
        in.forEachRemaining(message -> {});
      }
    } else if (contract instanceof Upload<?, ?> upload) {
      try (Uploading<StringValue, StringValue> up =
          calls.open((Upload<StringValue, StringValue>) upload)) {
        up.send(text("a"));
        up.finish();
      }
    } else if (contract instanceof Dialogue<?, ?> dialogue) {
      try (Talk<StringValue, StringValue> talk =
          calls.open((Dialogue<StringValue, StringValue>) dialogue)) {
        talk.send(text("a"));
        talk.finishSending();
        talk.forEachRemaining(message -> {});
      }
    }
  }

  private void throughStub() throws ExecutionException {
    Heard heard = new Heard();
    switch (type) {
      case UNARY, UNKNOWN ->
          ClientCalls.asyncUnaryCall(channel.newCall(Four.ASK, DEFAULT), text("a"), heard);
      case SERVER_STREAMING ->
          ClientCalls.asyncServerStreamingCall(
              channel.newCall(Four.WATCH, DEFAULT), text("a"), heard);
      case CLIENT_STREAMING ->
          sendOne(ClientCalls.asyncClientStreamingCall(channel.newCall(Four.SEND, DEFAULT), heard));
      case BIDI_STREAMING ->
          sendOne(ClientCalls.asyncBidiStreamingCall(channel.newCall(Four.TALK, DEFAULT), heard));
    }
    try {
      heard.end.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | java.util.concurrent.TimeoutException hung) {
      throw new AssertionError("the stub was told no end", hung);
    }
  }

  private static void sendOne(StreamObserver<StringValue> up) {
    List.of("a").forEach(message -> up.onNext(text(message)));
    up.onCompleted();
  }
}
