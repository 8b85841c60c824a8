package dev.comms.testkit.kit;

import dev.comms.contract.Deadline;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Answerers from one function. */
final class Answers {
  private Answers() {}

  static Answerer call(BiFunction<Envelope, Deadline, CompletableFuture<Envelope>> how) {
    return new Answerer() {
      @Override
      public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
        return how.apply(request, deadline);
      }

      @Override
      public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
        return CompletableFuture.failedFuture(new AssertionError("a stream came for a call"));
      }
    };
  }

  static Answerer stream(BiFunction<Envelope, Pipe, CompletableFuture<Void>> how) {
    return new Answerer() {
      @Override
      public CompletableFuture<Envelope> answer(Envelope request, Deadline deadline) {
        return CompletableFuture.failedFuture(new AssertionError("a call came for a stream"));
      }

      @Override
      public CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
        return how.apply(head, pipe);
      }
    };
  }

  /** The same body back. */
  static Answerer echo() {
    return call((request, deadline) -> CompletableFuture.completedFuture(request));
  }
}
