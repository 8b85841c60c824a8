package dev.comms.bench.pair;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Return;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Persistent, mandatory, confirmed: the caller waits for each confirm, or keeps what is not
 * confirmed by its number, as RabbitMQ's own tutorial on confirms does.
 */
final class RawSubmit implements Side {
  private static final String EXCHANGE = "comms:tasks";
  private static final int PERSISTENT = 2;
  private static final int HEARTBEAT_SECONDS = 10;

  private final Connection connection;

  /** A channel waits for its confirms or is told of them; each way has one of its own. */
  private final Channel waiting;

  private final Channel told;
  private final ConcurrentSkipListMap<Long, Done> unconfirmed = new ConcurrentSkipListMap<>();
  private volatile @Nullable String returned;

  RawSubmit(String address) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(address);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    connection = factory.newConnection("bench");
    waiting = channel();
    told = channel();
    told.addConfirmListener(
        new ConfirmListener() {
          @Override
          public void handleAck(long number, boolean multiple) {
            confirmed(number, multiple, null);
          }

          @Override
          public void handleNack(long number, boolean multiple) {
            confirmed(number, multiple, new IOException("the broker refused " + number));
          }
        });
  }

  private Channel channel() throws IOException {
    Channel channel = connection.createChannel();
    channel.confirmSelect();
    channel.addReturnListener((Return back) -> returned = back.getReplyText());
    return channel;
  }

  private void confirmed(long number, boolean multiple, @Nullable Throwable failure) {
    Throwable why = failure == null ? unroutable() : failure;
    Map<Long, Done> all =
        multiple ? unconfirmed.headMap(number, true) : unconfirmed.subMap(number, number + 1);
    all.values()
        .removeIf(
            done -> {
              done.accept(null, why);
              return true;
            });
  }

  private @Nullable Throwable unroutable() {
    return returned == null ? null : new IOException("returned: " + returned);
  }

  private static void publish(Channel channel) throws IOException {
    Instant now = Instant.now();
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId(Messages.id())
            .type(Messages.TASK.name())
            .contentType(Messages.CONTENT_TYPE)
            .timestamp(Date.from(now))
            .deliveryMode(PERSISTENT)
            .headers(Map.of("comms-attempt", 1, "comms-first-enqueued", now.toEpochMilli()))
            .build();
    channel.basicPublish(EXCHANGE, Messages.TASK.name(), true, properties, Messages.BODY);
  }

  @Override
  public void one() throws Exception {
    publish(waiting);
    waiting.waitForConfirmsOrDie(Messages.LIMIT.toMillis());
    Throwable lost = unroutable();
    if (lost != null) {
      throw new IOException(lost);
    }
  }

  @Override
  public void begin(Done done) throws IOException {
    unconfirmed.put(told.getNextPublishSeqNo(), done);
    publish(told);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
