package dev.comms.grpc;

import com.google.protobuf.StringValue;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What an async stub heard; {@code end} fails with the stub's failure. */
class Heard implements ClientResponseObserver<StringValue, StringValue> {
  final Collection<String> messages = new ConcurrentLinkedQueue<>();
  final CompletableFuture<Void> end = new CompletableFuture<>();
  volatile @Nullable ClientCallStreamObserver<StringValue> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<StringValue> stream) {
    call = stream;
  }

  @Override
  public void onNext(StringValue message) {
    messages.add(message.getValue());
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
