package dev.comms.grpc;

import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.comms.Calls;
import dev.comms.Incoming;
import dev.comms.Talk;
import dev.comms.policy.Policies;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A writer that would send a million messages of 1 KiB to a reader of 1,000 per second: neither
 * side's memory grows. 1 s each by default; {@code -Dcomms.grpc.backpressure.seconds=10} for the
 * whole.
 */
class BackPressureIT {
  private static final int SECONDS = Integer.getInteger("comms.grpc.backpressure.seconds", 1);
  private static final int MILLION = 1_000_000;
  private static final long MOST_GROWTH = 16L << 20;
  private static final StringValue KIBIBYTE = text("x".repeat(1024));

  private final Pair pair = new Pair();
  private final AtomicInteger written = new AtomicInteger();

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void aContractsDownloadHoldsItsWriterBack() {
    Calls calls =
        pair.calls(
            pair.serve(
                Policies.standard(),
                GrpcServer.on(0).plaintext(),
                server ->
                    server.stream(
                        Four.WATCHED,
                        (request, out, context) -> {
                          for (int i = 0; i < MILLION; i++) {
                            out.accept(KIBIBYTE);
                            written.incrementAndGet();
                          }
                        })));

    try (Incoming<StringValue> in = calls.open(Four.WATCHED, text("a"))) {
      readSlowly(in);
    }
  }

  @Test
  void aContractsDialogueHoldsItsCallerBack() {
    CompletableFuture<Void> read = new CompletableFuture<>();
    Calls calls =
        pair.calls(
            pair.serve(
                Policies.standard(),
                GrpcServer.on(0).plaintext(),
                server ->
                    server.converse(
                        Four.TALKED,
                        (in, out, context) -> {
                          try {
                            readSlowly(in);
                            read.complete(null);
                          } catch (Throwable failed) {
                            read.completeExceptionally(failed);
                          }
                        })));

    try (Talk<StringValue, StringValue> talk = calls.open(Four.TALKED)) {
      for (int i = 0; i < MILLION && talk.send(KIBIBYTE); i++) {
        written.incrementAndGet();
      }
      read.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
    }
  }

  @Test
  void aServicesDownloadToAStubHoldsItsWriterBack() {
    Four.Impl pouring =
        new Four.Impl() {
          @Override
          void watch(StringValue request, StreamObserver<StringValue> out) {
            Four.full(out).setOnCancelHandler(() -> {});
            for (int i = 0; i < MILLION && !Four.full(out).isCancelled(); i++) {
              out.onNext(KIBIBYTE);
              written.incrementAndGet();
            }
          }
        };
    GuardedChannel channel =
        GuardedChannel.over(
            pair.calls(pair.serve(Policies.standard(), pouring, Four.ALL)), Four.ALL);

    Iterator<StringValue> in =
        ClientCalls.blockingServerStreamingCall(channel, Four.WATCH, DEFAULT, text("a"));

    readSlowly(in);
  }

  @Test
  void aStubsDialogueWithAServiceHoldsItsCallerBack() {
    Pace pace = new Pace();
    CompletableFuture<Void> read = new CompletableFuture<>();
    Four.Impl slow =
        new Four.Impl() {
          @Override
          StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
            return new Four.Observer(out) {
              @Override
              public void onNext(StringValue message) {
                try {
                  if (!pace.read()) {
                    read.complete(null);
                    out.onCompleted();
                  }
                } catch (Throwable failed) {
                  read.completeExceptionally(failed);
                }
              }
            };
          }
        };
    GuardedChannel channel =
        GuardedChannel.over(pair.calls(pair.serve(Policies.standard(), slow, Four.ALL)), Four.ALL);
    Heard heard = pouring();
    ClientCalls.asyncBidiStreamingCall(channel.newCall(Four.TALK, DEFAULT), heard);

    read.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
    heard.end.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  private Heard pouring() {
    return new Heard() {
      @Override
      public void beforeStart(ClientCallStreamObserver<StringValue> stream) {
        super.beforeStart(stream);
        stream.setOnReadyHandler(
            () -> {
              while (stream.isReady() && written.getAndIncrement() < MILLION) {
                stream.onNext(KIBIBYTE);
              }
            });
      }
    };
  }

  private void readSlowly(Iterator<StringValue> in) {
    Pace pace = new Pace();
    boolean goesOn = true;
    while (goesOn) {
      assertThat(in.hasNext()).isTrue();
      in.next();
      goesOn = pace.read();
    }
  }

  /** A thousand messages per second; then the heap of both sides together is looked at. */
  private final class Pace {
    private final long begun = System.nanoTime();
    private int count;
    private long before;

    /** False when it has read for long enough. */
    boolean read() {
      count++;
      if (count == 1) {
        before = used();
      }
      if (count % 100 == 0) {
        LockSupport.parkNanos(100_000_000);
      }
      if (System.nanoTime() - begun < SECONDS * 1_000_000_000L) {
        return true;
      }
      long growth = used() - before;
      System.out.printf(
          "back-pressure: read %d, written %d, heap of both sides %+d KiB%n",
          count, written.get(), growth >> 10);
      assertThat(written.get()).as("of a million").isLessThan(count + 20_000);
      assertThat(growth).as("bytes that the heap has grown by").isLessThan(MOST_GROWTH);
      return false;
    }

    private static long used() {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        System.gc();
        Runtime heap = Runtime.getRuntime();
        least = Math.min(least, heap.totalMemory() - heap.freeMemory());
      }
      return least;
    }
  }
}
