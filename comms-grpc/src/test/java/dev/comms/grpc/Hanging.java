package dev.comms.grpc;

import com.google.protobuf.StringValue;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** Never answers, and counts who begins and who is told of a cancel. */
final class Hanging extends Four.Impl {
  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger told = new AtomicInteger();

  private void hang(StreamObserver<StringValue> out) {
    Four.full(out).setOnCancelHandler(told::incrementAndGet);
    begun.incrementAndGet();
  }

  @Override
  void ask(StringValue request, StreamObserver<StringValue> out) {
    hang(out);
  }

  @Override
  void watch(StringValue request, StreamObserver<StringValue> out) {
    hang(out);
  }

  @Override
  StreamObserver<StringValue> send(StreamObserver<StringValue> out) {
    hang(out);
    return super.send(out);
  }

  @Override
  StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
    hang(out);
    return super.talk(out);
  }
}
