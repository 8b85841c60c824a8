package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a consumer. A delivery belongs to the channel it came on; when that has ended, the
 * broker has taken the delivery back.
 */
final class Link extends DefaultConsumer {
  /** One message as it came. */
  record Arrival(Link link, Envelope head, BasicProperties properties, byte[] body) {
    long tag() {
      return head.getDeliveryTag();
    }
  }

  private final Consumer<Arrival> arrivals;
  private final Runnable ended;
  private final AtomicInteger unsettled = new AtomicInteger();
  private final boolean countsGiveBacks;
  private volatile boolean alive = true;
  private @Nullable String consumerTag; // the loop's thread only

  Link(Channel channel, boolean countsGiveBacks, Consumer<Arrival> arrivals, Runnable ended) {
    super(channel);
    this.countsGiveBacks = countsGiveBacks;
    this.arrivals = arrivals;
    this.ended = ended;
    channel.addShutdownListener(cause -> end());
  }

  boolean alive() {
    return alive;
  }

  /** Whether this broker counts what is given back like a crash. */
  boolean countsGiveBacks() {
    return countsGiveBacks;
  }

  /** Starts or stops the deliveries; the loop's thread only. */
  void consume(boolean wanted, String queue) throws IOException {
    if (wanted && consumerTag == null) {
      consumerTag = getChannel().basicConsume(queue, false, this);
    } else if (!wanted && consumerTag != null) {
      getChannel().basicCancel(consumerTag);
      consumerTag = null;
    }
  }

  int unsettled() {
    return alive ? unsettled.get() : 0;
  }

  void settled() {
    unsettled.decrementAndGet();
  }

  void end() {
    alive = false;
    ended.run();
  }

  @Override
  public void handleDelivery(String tag, Envelope head, BasicProperties properties, byte[] body) {
    unsettled.incrementAndGet();
    arrivals.accept(new Arrival(this, head, properties, body));
  }

  /** The broker ended the consumer, not we: its queue was deleted or moved. */
  @Override
  public void handleCancel(String tag) {
    end();
  }
}
