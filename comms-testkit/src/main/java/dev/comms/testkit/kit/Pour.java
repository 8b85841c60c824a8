package dev.comms.testkit.kit;

import dev.comms.spi.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes and reads many messages, each when the one before was taken, without a thread for it. */
final class Pour {
  private final Executor executor;

  Pour(Executor executor) {
    this.executor = executor;
  }

  /** Done when so many were written. */
  CompletableFuture<Void> write(Pipe pipe, int many, IntFunction<byte[]> message) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    write(pipe, 0, many, message, done);
    return done;
  }

  private void write(
      Pipe pipe, int first, int many, IntFunction<byte[]> message, CompletableFuture<Void> done) {
    for (int i = first; i < many; i++) {
      CompletableFuture<Void> one = pipe.write(message.apply(i));
      if (!one.isDone() || one.isCompletedExceptionally()) {
        int next = i + 1;
        follow(one, done, nothing -> write(pipe, next, many, message, done));
        return;
      }
    }
    done.complete(null);
  }

  /** Done at the regular end. */
  CompletableFuture<Void> read(Pipe pipe, Consumer<byte[]> each) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    read(pipe, each, done);
    return done;
  }

  private void read(Pipe pipe, Consumer<byte[]> each, CompletableFuture<Void> done) {
    follow(
        pipe.read(),
        done,
        message -> {
          if (message == null) {
            done.complete(null);
          } else {
            each.accept(message);
            read(pipe, each, done);
          }
        });
  }

  private <T extends @Nullable Object> void follow(
      CompletableFuture<T> one, CompletableFuture<Void> done, Consumer<T> then) {
    one.whenCompleteAsync(
        (value, failure) -> {
          if (failure == null) {
            then.accept(value);
          } else {
            done.completeExceptionally(failure);
          }
        },
        executor);
  }
}
