package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ReturnCallback;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one channel has sent and the broker has not confirmed: a ring by sequence number. It lives
 * as long as its channel, so that a late confirm cannot end another channel's message. The lane's
 * thread adds; the connection's I/O thread takes out; whoever takes a slot's message out owns its
 * end.
 */
final class Window implements ConfirmListener, ReturnCallback {
  /** What ended: hand it to another thread, since this runs on the connection's I/O thread. */
  interface Ends {
    void acknowledged(List<Outgoing> all);

    void refused(List<Outgoing> all);
  }

  final Channel channel;
  private final AtomicReferenceArray<@Nullable Outgoing> ring;
  private final int mask;
  private final Ends ends;
  private final Thread lane;

  private volatile boolean dead;
  private volatile boolean laneWaits;

  // the connection's I/O thread only
  private long lowest = 1; // all before it are confirmed
  private long highest; // of those confirmed

  Window(Channel channel, int most, Ends ends, Thread lane) {
    int size = Integer.highestOneBit(Math.max(1, most));
    this.channel = channel;
    this.ring = new AtomicReferenceArray<>(size);
    this.mask = size - 1;
    this.ends = ends;
    this.lane = lane;
    channel.addConfirmListener(this);
    channel.addReturnListener(this);
    channel.addShutdownListener(cause -> die());
  }

  boolean alive() {
    return !dead;
  }

  void die() {
    dead = true;
    LockSupport.unpark(lane);
  }

  /**
   * Whether the next sequence number has a place. What ended at its deadline keeps none: otherwise
   * one queue that confirms nothing would stop the messages to all others.
   */
  boolean free() {
    Outgoing before = ring.get(slot(channel.getNextPublishSeqNo()));
    return before == null || before.ended();
  }

  /** Waits a little for a place; the lane's thread only. */
  void park(long nanos) {
    laneWaits = true;
    if (alive() && !free()) {
      LockSupport.parkNanos(this, nanos);
    }
    laneWaits = false;
  }

  void add(Outgoing message) {
    long seq = channel.getNextPublishSeqNo();
    message.sequence(seq);
    ring.set(slot(seq), message);
  }

  /** What is left when the channel is dead, oldest first; the lane's thread only. */
  List<Outgoing> harvest() {
    long next = channel.getNextPublishSeqNo();
    List<Outgoing> left = new ArrayList<>();
    for (long seq = Math.max(1, next - ring.length()); seq <= next; seq++) {
      Outgoing message = ring.getAndSet(slot(seq), null);
      if (message != null) {
        left.add(message);
      }
    }
    return left;
  }

  void forEach(Consumer<Outgoing> each) {
    for (int i = 0; i <= mask; i++) {
      Outgoing message = ring.get(i);
      if (message != null) {
        each.accept(message);
      }
    }
  }

  @Override
  public void handleAck(long seq, boolean multiple) {
    List<Outgoing> all = take(seq, multiple);
    if (!all.isEmpty()) {
      ends.acknowledged(all);
    }
  }

  @Override
  public void handleNack(long seq, boolean multiple) {
    List<Outgoing> all = take(seq, multiple);
    if (!all.isEmpty()) {
      ends.refused(all);
    }
  }

  /** Comes before the acknowledgement of the same message. */
  @Override
  public void handle(Return back) {
    BasicProperties properties = back.getProperties();
    String id = properties.getMessageId();
    Outgoing first = null;
    for (int i = 0; i <= mask && id != null; i++) {
      Outgoing each = ring.get(i);
      if (each != null
          && each.matches(id, back.getExchange(), back.getRoutingKey())
          && (first == null || each.sequence() < first.sequence())) {
        first = each;
      }
    }
    if (first != null) {
      first.returned(back.getReplyText());
    }
  }

  private List<Outgoing> take(long seq, boolean multiple) {
    List<Outgoing> all = new ArrayList<>();
    for (long each = multiple ? lowest : seq; each <= seq; each++) {
      Outgoing message = at(each);
      if (message != null && ring.compareAndSet(slot(each), message, null)) {
        all.add(message);
      }
    }
    highest = Math.max(highest, seq);
    while (lowest <= highest && at(lowest) == null) {
      lowest++;
    }
    if (laneWaits) {
      LockSupport.unpark(lane);
    }
    return all;
  }

  /** Its slot may hold a later message already, when an earlier one is confirmed late. */
  private @Nullable Outgoing at(long seq) {
    Outgoing message = ring.get(slot(seq));
    return message != null && message.sequence() == seq ? message : null;
  }

  private int slot(long seq) {
    return (int) (seq & mask);
  }
}
