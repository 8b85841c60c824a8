package dev.comms.fake;

import dev.comms.contract.CommsException;
import dev.comms.spi.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One side of a stream; the test is the other. */
public final class FakePipe implements Pipe {
  public final List<String> written = new CopyOnWriteArrayList<>();
  public final CompletableFuture<Void> end = new CompletableFuture<>();
  public volatile CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
  public volatile boolean finished;
  public volatile @Nullable Throwable cancelled;
  // Both guarded by this.
  private final Deque<CompletableFuture<byte @Nullable []>> said = new ArrayDeque<>();
  private final Deque<CompletableFuture<byte @Nullable []>> asked = new ArrayDeque<>();

  /** The other side says this. */
  public void say(String text) {
    next().complete(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The other side ends regularly. */
  public void finishThere() {
    end.complete(null);
    next().complete(null);
  }

  /** The stream breaks. */
  public void breakBy(CommsException failure) {
    end.completeExceptionally(failure);
    next().completeExceptionally(failure);
  }

  private synchronized CompletableFuture<byte @Nullable []> next() {
    CompletableFuture<byte @Nullable []> waiting = asked.poll();
    if (waiting != null) {
      return waiting;
    }
    said.add(new CompletableFuture<>());
    return said.getLast();
  }

  @Override
  public synchronized CompletableFuture<byte @Nullable []> read() {
    CompletableFuture<byte @Nullable []> message = said.poll();
    if (message == null) {
      message = new CompletableFuture<>();
      asked.add(message);
    }
    return message;
  }

  @Override
  public CompletableFuture<Void> write(byte[] message) {
    written.add(new String(message, StandardCharsets.UTF_8));
    return taken;
  }

  @Override
  public CompletableFuture<Void> finish() {
    finished = true;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> ended() {
    return end.copy();
  }

  @Override
  public void cancel(Throwable why) {
    cancelled = cancelled == null ? why : cancelled;
    end.completeExceptionally(CommsException.of("fake", why));
  }
}
