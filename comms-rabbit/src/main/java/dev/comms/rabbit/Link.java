package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a consumer. A delivery belongs to the channel it came on; when that has ended, the
 * broker has taken the delivery back.
 */
final class Link extends DefaultConsumer {
  private static final String UNKNOWN = "";

  /** One message as it came. */
  @SuppressWarnings("ArrayRecordComponent") // two arrivals are never compared
  record Arrival(Link link, Envelope head, BasicProperties properties, byte[] body) {
    long tag() {
      return head.getDeliveryTag();
    }
  }

  private final Consumer<Arrival> arrivals;
  private final Runnable changed;
  private final boolean tellsCrashes;
  private final Losses losses;

  /** By tag, what {@link Losses} knows it by; the broker sends no more than the slots. */
  private final Map<Long, String> unsettled = new ConcurrentHashMap<>();

  private volatile boolean alive = true;
  private volatile boolean quiet = true; // nothing can arrive
  private volatile @Nullable String consumerTag; // written by the loop's thread

  Link(
      Channel channel,
      boolean tellsCrashes,
      Losses losses,
      Consumer<Arrival> arrivals,
      Runnable changed) {
    super(channel);
    this.tellsCrashes = tellsCrashes;
    this.losses = losses;
    this.arrivals = arrivals;
    this.changed = changed;
    channel.addShutdownListener(cause -> end());
  }

  boolean alive() {
    return alive;
  }

  /**
   * How often a process ended under this task. Where the broker counts a task that was given back
   * like one whose consumer died, or the message has no id, nobody can tell: then 0, since the
   * broker's own limit ends a task that kills, and nothing would bring back an innocent one.
   */
  int crashes(Arrival arrival) {
    String key = Losses.key(arrival.properties());
    return tellsCrashes && key != null
        ? Math.max(0, EnvelopeMapper.returns(arrival.properties()) - losses.of(key))
        : 0;
  }

  /**
   * Starts or stops the deliveries; the loop's thread only. The limit of slots holds for each
   * consumer, so a new one begins only when nothing of the one before is unsettled.
   */
  void consume(boolean wanted, String queue) throws IOException {
    if (wanted && consumerTag == null && idle()) {
      quiet = false;
      consumerTag = getChannel().basicConsume(queue, false, this);
    } else if (!wanted && consumerTag != null) {
      String cancelled = consumerTag;
      consumerTag = null;
      getChannel().basicCancel(cancelled);
    }
  }

  /** Gives all back, what is still on its way too, and ends; the loop's thread only. */
  void release(String queue) throws IOException {
    consume(false, queue);
    getChannel().basicNack(0, true, true);
    unsettled.clear(); // not lost: given back
    end();
  }

  boolean consuming() {
    return alive && consumerTag != null;
  }

  int unsettled() {
    return alive ? unsettled.size() : 0;
  }

  /** Nothing is unsettled, and nothing can arrive before the next {@link #consume}. */
  boolean idle() {
    return quiet && unsettled() == 0;
  }

  void settled(Arrival arrival) {
    unsettled.remove(arrival.tag());
  }

  /** What is unsettled was lost by a process that lives. */
  void end() {
    alive = false;
    unsettled.keySet().forEach(this::lost);
    changed.run();
  }

  @Override
  public void handleDelivery(String tag, Envelope head, BasicProperties properties, byte[] body) {
    String key = Losses.key(properties);
    unsettled.put(head.getDeliveryTag(), key == null ? UNKNOWN : key);
    if (alive) {
      arrivals.accept(new Arrival(this, head, properties, body));
    } else {
      lost(head.getDeliveryTag()); // it ended in the meantime: the broker has it
    }
  }

  /** After all deliveries that were on their way. */
  @Override
  public void handleCancelOk(String tag) {
    quiet = true;
    changed.run();
  }

  /** The broker ended the consumer, not we: its queue was deleted or moved. */
  @Override
  public void handleCancel(String tag) {
    end();
  }

  private void lost(long tag) {
    String key = unsettled.remove(tag);
    if (key != null && !key.equals(UNKNOWN)) {
      losses.add(key);
    }
  }
}
