package dev.comms.rabbit;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** One settlement, to be written by the thread that owns the channel. */
final class Settle implements ConsumerLoop.Command {
  final Link link;
  final CompletableFuture<Void> result = new CompletableFuture<>();
  private final long tag;
  private final boolean done;

  private Settle(Link link, long tag, boolean done) {
    this.link = link;
    this.tag = tag;
    this.done = done;
  }

  static Settle done(Link.Arrival arrival) {
    return new Settle(arrival.link(), arrival.tag(), true);
  }

  /** With nack, not reject: since 4.3 only reject counts against the task. */
  static Settle giveBack(Link.Arrival arrival) {
    return new Settle(arrival.link(), arrival.tag(), false);
  }

  void write(Channel channel) throws IOException {
    if (done) {
      channel.basicAck(tag, false);
    } else {
      channel.basicNack(tag, false, true);
    }
  }
}
