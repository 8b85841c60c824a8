package dev.comms.grpc;

import dev.comms.contract.Download;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import dev.comms.spi.Pipe;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stub's stream. One message is written at a time and one is read per demand, so the pipe's
 * back-pressure is the stub's {@code isReady} and {@code request}. Whoever changes something pumps;
 * {@code pumps} lets one thread at a time do it, and none is missed.
 */
final class GuardedStream<Q, R> extends GuardedCall<Q, R> {
  static final int MOST_UNSENT = 16 * 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];

  private final StreamCall<?, ?> contract;
  private final AtomicInteger pumps = new AtomicInteger();
  // All guarded by this; the pipe is called outside.
  private final Deque<byte[]> unsent = new ArrayDeque<>();
  private long unsentBytes;
  private boolean halfClosed;
  private boolean finished;
  private boolean writing;
  private boolean untoldReady = true;
  private long demand;
  private boolean reading;
  private byte @Nullable [] unwanted;
  private boolean pipeEnded;
  private @Nullable CompletableFuture<Pipe> opening;
  private @Nullable Pipe pipe;

  GuardedStream(Stub<Q, R> stub, StreamCall<?, ?> contract) {
    super(stub);
    this.contract = contract;
  }

  private boolean download() {
    return contract instanceof Download<?, ?>;
  }

  @Override
  void begin() {
    if (!download()) {
      open(NOTHING);
    }
  }

  private void open(byte[] head) {
    CompletableFuture<Pipe> begun = calls().open(contract, head);
    synchronized (this) {
      opening = begun;
    }
    begun.whenComplete(this::opened);
    if (over()) {
      begun.cancel(true);
    }
  }

  private void opened(@Nullable Pipe opened, @Nullable Throwable failure) {
    if (opened == null) {
      end(failure == null ? new IllegalStateException("no pipe was opened") : failure);
      return;
    }
    synchronized (this) {
      pipe = opened;
    }
    opened.ended().whenComplete((done, broken) -> ended(broken));
    if (over()) {
      opened.cancel(new CancellationException("the stub has ended it"));
    }
    pump();
  }

  private void ended(@Nullable Throwable broken) {
    if (broken != null) {
      end(broken);
      return;
    }
    synchronized (this) {
      pipeEnded = true;
    }
    pump();
  }

  @Override
  public void sendMessage(Q message) {
    byte[] bytes = encode(message);
    boolean tooMuch;
    synchronized (this) {
      if (over()) {
        // Nobody sends it any more, so it must not be kept.
        unsent.clear();
        unsentBytes = 0;
        return;
      }
      unsent.add(bytes);
      unsentBytes += bytes.length;
      tooMuch = unsentBytes > MOST_UNSENT && unsent.size() > 1;
    }
    if (tooMuch) {
      fail(
          Status.RESOURCE_EXHAUSTED.withDescription(
              contract
                  + ": more than "
                  + MOST_UNSENT
                  + " bytes wait to be sent;"
                  + " write only while isReady(), and go on at onReady()"));
    } else if (!download()) {
      pump();
    }
  }

  @Override
  public void halfClose() {
    byte[] head;
    synchronized (this) {
      halfClosed = true;
      head = download() && opening == null ? unsent.poll() : null;
    }
    if (head != null && !over()) {
      open(head);
    } else {
      pump();
    }
  }

  @Override
  public void request(int messages) {
    byte[] early;
    synchronized (this) {
      early = unwanted;
      unwanted = null;
      demand += early == null ? messages : messages - 1;
    }
    if (early != null) {
      deliver(early);
    }
    pump();
  }

  @Override
  public synchronized boolean isReady() {
    boolean ready = pipe != null && !writing && unsent.isEmpty() && !over();
    untoldReady |= !ready;
    return ready;
  }

  private void pump() {
    if (pumps.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      Pipe open;
      synchronized (this) {
        open = over() ? null : pipe;
      }
      if (open != null) {
        writeAll(open);
        readAll(open);
      }
      seen = pumps.addAndGet(-seen);
    }
  }

  private void writeAll(Pipe open) {
    for (byte[] next = nextToWrite(); next != null; next = nextToWrite()) {
      CompletableFuture<Void> written = open.write(next);
      if (written.isDone()) {
        wrote(written);
      } else {
        synchronized (this) {
          untoldReady = true;
        }
        written.whenComplete(
            (done, failure) -> {
              wrote(written);
              pump();
            });
      }
    }
    boolean finish;
    boolean ready;
    synchronized (this) {
      finish = halfClosed && !finished && !writing && !download();
      finished |= finish;
      ready = untoldReady && !writing;
      untoldReady &= !ready;
    }
    if (finish) {
      open.finish();
    }
    if (ready) {
      tellReady();
    }
  }

  private synchronized byte @Nullable [] nextToWrite() {
    byte[] next = writing || over() || download() ? null : unsent.poll();
    if (next != null) {
      unsentBytes -= next.length;
      writing = true;
    }
    return next;
  }

  private void wrote(CompletableFuture<Void> written) {
    synchronized (this) {
      writing = false;
    }
    if (written.isCompletedExceptionally()) {
      written.whenComplete((done, failure) -> broken(failure));
    }
  }

  private void broken(@Nullable Throwable failure) {
    if (failure != null) {
      end(failure);
      abandon(failure);
    }
  }

  @SuppressWarnings("NullAway") // javac 17 does not see in Pipe.class that read() may answer null
  private void readAll(Pipe open) {
    while (wantsMore()) {
      CompletableFuture<byte @Nullable []> read = open.read();
      if (read.isDone()) {
        read.whenComplete(this::heard);
      } else {
        read.whenComplete(
            (message, failure) -> {
              heard(message, failure);
              pump();
            });
      }
    }
  }

  /** Of an upload the reply is awaited only when all was sent, so that no limit counts before. */
  private synchronized boolean wantsMore() {
    boolean now = pipeEnded || (demand > 0 && (finished || !(contract instanceof Upload<?, ?>)));
    boolean wants = now && !reading && unwanted == null && !over();
    reading |= wants;
    return wants;
  }

  /** Told at once, before the end can be. */
  private void heard(byte @Nullable [] message, @Nullable Throwable failure) {
    boolean wanted;
    synchronized (this) {
      wanted = demand > 0;
      demand -= message != null && wanted ? 1 : 0;
      unwanted = wanted ? null : message;
    }
    if (failure != null) {
      broken(failure);
    } else if (message == null) {
      tellHeaders(new Metadata());
      end(Status.OK, new Metadata());
    } else if (wanted) {
      deliver(message);
    }
    synchronized (this) {
      reading = false;
    }
  }

  @Override
  void abandon(Throwable why) {
    CompletableFuture<Pipe> under;
    Pipe open;
    synchronized (this) {
      under = opening;
      open = pipe;
      unsent.clear();
      unsentBytes = 0;
    }
    if (open != null) {
      open.cancel(why);
    } else if (under != null) {
      under.cancel(true);
    }
  }
}
