package dev.comms.testkit.mutants;

import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Pipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Wrong streams, as callers and as answerers see them. */
final class StreamMutants {
  private static final CompletableFuture<Void> OK = CompletableFuture.completedFuture(null);

  private StreamMutants() {}

  static List<Mutant<CallTransport>> clients() {
    return List.of(
        new Mutant<>(
            "ends a download as if complete when it breaks",
            "aDownloadThatBreaksDeliversWhatWasWrittenAndThenSaysWhy",
            pipes("read", (args, right) -> bytes(right.call(args)).exceptionally(failed -> null))),
        new Mutant<>(
            "loses every other message of a download",
            "aDownloadDeliversAllInOrderAndEnds",
            pipes(
                "read",
                (args, right) ->
                    bytes(right.call(args))
                        .thenCompose(one -> one == null ? bytes(null, OK) : again(right)))),
        new Mutant<>(
            "never says that an upload is complete",
            "anUploadDeliversAllInOrderAndThenItsReply",
            pipes("finish", (args, right) -> OK)),
        new Mutant<>(
            "ignores the deadline of a download",
            "aDownloadEndsAtItsDeadline",
            right ->
                Wrong.in(
                    CallTransport.class,
                    right,
                    "open",
                    (args, open) -> open.call(args[0], args[1], Deadline.never(Time.system())))));
  }

  static List<Mutant<CallServer>> servers() {
    return List.of(
        new Mutant<>(
            "takes what its reader has no room for",
            "aSlowReaderHoldsTheWriterBack",
            right ->
                Wrong.in(
                    CallServer.class,
                    right,
                    "answer",
                    (args, register) -> {
                      Map<Contract, Answerer> changed = new HashMap<>(answerers(args[0]));
                      changed.replaceAll((contract, answerer) -> eager(answerer));
                      return register.call(changed);
                    })));
  }

  private static Answerer eager(Answerer right) {
    return Wrong.in(
        Answerer.class,
        right,
        "stream",
        (args, stream) -> stream.call(args[0], eager((Pipe) args[1]), args[2]));
  }

  /** Says of each message at once that it was taken. */
  private static Pipe eager(Pipe right) {
    Object lock = new Object();
    List<CompletableFuture<?>> last = new ArrayList<>(List.of(OK));
    return Wrong.in(
        Pipe.class,
        right,
        "write",
        (args, write) -> {
          synchronized (lock) {
            last.set(0, last.get(0).thenCompose(done -> right.write((byte[]) args[0])));
          }
          return OK;
        });
  }

  private static UnaryOperator<CallTransport> pipes(String method, Wrong.Instead instead) {
    return right ->
        Wrong.in(
            CallTransport.class,
            right,
            "open",
            (args, open) ->
                pipe(open.call(args))
                    .thenApply(pipe -> Wrong.in(Pipe.class, pipe, method, instead)));
  }

  private static CompletableFuture<byte @Nullable []> again(Wrong.Right right) {
    try {
      return bytes(right.call());
    } catch (Throwable failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private static CompletableFuture<byte @Nullable []> bytes(
      byte @Nullable [] value, CompletableFuture<Void> after) {
    return after.thenApply(done -> value);
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static CompletableFuture<byte @Nullable []> bytes(@Nullable Object result) {
    return (CompletableFuture<byte @Nullable []>) result;
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static CompletableFuture<Pipe> pipe(@Nullable Object result) {
    return (CompletableFuture<Pipe>) result;
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static Map<Contract, Answerer> answerers(Object arg) {
    return (Map<Contract, Answerer>) arg;
  }
}
