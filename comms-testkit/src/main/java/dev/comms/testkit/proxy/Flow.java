package dev.comms.testkit.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way in one direction of one connection: read from one side, written to the other
 * when it is due. Times are those of {@link Loop#now}.
 */
final class Flow {

  /** What a pump came to. */
  enum Step {
    WAITS,
    CLOSED,
    CUT,
    RESET
  }

  private enum Kind {
    BYTES,
    CLOSE,
    RESET
  }

  /**
   * A piece on its way. When it is due is not kept but worked out, so that a fault that comes or
   * goes meets what is on its way too.
   *
   * @param luck its part of the jitter, from 0 to 1
   */
  private record Piece(Kind kind, ByteBuffer bytes, long arrived, double luck) {}

  /** How much is left until a connection is ended. */
  private static final class Allowance {
    final Effect.End end;
    long left;

    Allowance(Effect.End end) {
      this.end = end;
      left = end.afterBytes();
    }
  }

  static final long NEVER = Long.MAX_VALUE;

  /** Small pieces cost more than their bytes. */
  private static final int MOST_PIECES = 16_384;

  /** So many writes in one pump; tiny slices must not keep the loop from everything else. */
  private static final int MOST_WRITES = 256;

  /** What a late timer missed may be made good, but not more. */
  private static final long CATCH_UP = 50_000_000;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Seeds seeds;
  private final Random luck;
  private final AtomicLong passed;
  private final Deque<Piece> queue = new ArrayDeque<>();
  private final Map<Applied, Allowance> allowances = new LinkedHashMap<>();
  private final Map<Applied, Corruption> corruptions = new LinkedHashMap<>();
  private Conditions conditions;
  private long held;
  private boolean open = true;
  private boolean done;
  private boolean stopped;
  private boolean blocked;
  private long dueAt = NEVER;
  private long wroteAt = -Conditions.UNLIMITED / 2;
  private long paidAt = wroteAt;
  private int lastBytes;

  Flow(Conditions conditions, Seeds seeds, AtomicLong passed) {
    this.conditions = conditions;
    this.seeds = seeds;
    this.passed = passed;
    luck = seeds.jitter();
    change(conditions);
  }

  void change(Conditions now) {
    if (now.bytesPerSecond != conditions.bytesPerSecond) {
      lastBytes = 0; // was paid for at another rate
    }
    conditions = now;
    allowances.keySet().retainAll(now.ends.keySet());
    now.ends.forEach((one, end) -> allowances.computeIfAbsent(one, key -> new Allowance(end)));
    corruptions.keySet().retainAll(now.corruptions.keySet());
    now.corruptions.forEach(
        (one, how) ->
            corruptions.computeIfAbsent(one, key -> new Corruption(how, seeds.corruption(key))));
  }

  boolean wantsRead() {
    return open
        && !conditions.blackHole
        && held < FaultProxy.IN_FLIGHT
        && queue.size() < MOST_PIECES;
  }

  /** Whether it waits for room on the side to which it writes. */
  boolean blocked() {
    return blocked;
  }

  /** When it must be pumped again, whatever else happens. */
  long dueAt() {
    return dueAt;
  }

  /** Whether nothing more will be read. */
  boolean ended() {
    return !open;
  }

  /** Whether nothing more will be written. */
  boolean done() {
    return done;
  }

  /** Whether the side to which it writes is gone. */
  boolean stopped() {
    return stopped;
  }

  void read(Side source, ByteBuffer scratch, long now) throws IOException {
    scratch.clear().limit((int) Math.min(scratch.capacity(), FaultProxy.IN_FLIGHT - held));
    int count = source.read(scratch);
    if (count < 0) {
      end(Kind.CLOSE, now);
    } else if (count > 0) {
      byte[] bytes = new byte[count];
      scratch.flip().get(bytes);
      corruptions.values().forEach(one -> one.change(bytes));
      held += count;
      queue.add(new Piece(Kind.BYTES, ByteBuffer.wrap(bytes), now, luck.nextDouble()));
    }
  }

  /** The side from which it reads was reset: the other is to be so too, in its turn. */
  void broken(long now) {
    end(Kind.RESET, now);
  }

  private void end(Kind kind, long now) {
    open = false;
    done = false;
    queue.add(new Piece(kind, NOTHING, now, luck.nextDouble()));
  }

  /** The side to which it writes is gone. */
  void stop() {
    open = false;
    done = true;
    stopped = true;
    held = 0;
    queue.clear();
  }

  /**
   * Writes what is due.
   *
   * @param sink null while there is nobody to write to yet
   */
  Step pump(@Nullable Side sink, long now) throws IOException {
    blocked = false;
    dueAt = NEVER;
    for (int writes = 0; writes < MOST_WRITES; writes++) {
      for (Allowance one : allowances.values()) {
        if (one.left == 0) {
          return one.end.reset() ? Step.RESET : Step.CUT;
        }
      }
      Piece head = queue.peek();
      if (head == null || sink == null || conditions.blackHole) {
        return Step.WAITS;
      }
      long due = due(head);
      if (due > now) {
        dueAt = due;
        return Step.WAITS;
      }
      if (head.kind != Kind.BYTES) {
        done = true;
        queue.remove();
        return head.kind == Kind.CLOSE ? Step.CLOSED : Step.RESET;
      }
      if (!write(sink, head.bytes, now)) {
        blocked = true;
        // a reset overtakes what the reader has no room for, as it does without a proxy
        return queue.getLast().kind == Kind.RESET ? Step.RESET : Step.WAITS;
      }
    }
    dueAt = now;
    return Step.WAITS;
  }

  private long due(Piece piece) {
    long arrives = piece.arrived + conditions.delay + (long) (piece.luck * conditions.jitter);
    return switch (piece.kind) {
      case BYTES ->
          Math.max(
              arrives, Math.max(wroteAt + conditions.pause, paidAt + conditions.costOf(lastBytes)));
      case CLOSE -> arrives + conditions.closeDelay;
      case RESET -> arrives;
    };
  }

  private boolean write(Side sink, ByteBuffer bytes, long now) throws IOException {
    long size = Math.min(bytes.remaining(), conditions.writeSize());
    for (Allowance one : allowances.values()) {
      size = Math.min(size, one.left);
    }
    int end = bytes.limit();
    bytes.limit(bytes.position() + (int) size);
    int count = sink.write(bytes);
    bytes.limit(end);
    if (!bytes.hasRemaining()) {
      queue.remove();
    }
    if (count > 0) {
      wrote(count, now);
    }
    return count > 0;
  }

  private void wrote(int count, long now) {
    held -= count;
    passed.addAndGet(count);
    for (Allowance one : allowances.values()) {
      one.left -= count;
    }
    paidAt = Math.max(paidAt + conditions.costOf(lastBytes), now - CATCH_UP);
    wroteAt = now;
    lastBytes = count;
  }
}
