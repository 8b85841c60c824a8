package dev.comms.rabbit;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** One settlement, to be written by the thread that owns the channel. */
final class Settle implements ConsumerLoop.Command {
  final Link.Arrival arrival;
  final CompletableFuture<Void> result = new CompletableFuture<>();
  private final boolean done;

  private Settle(Link.Arrival arrival, boolean done) {
    this.arrival = arrival;
    this.done = done;
  }

  static Settle done(Link.Arrival arrival) {
    return new Settle(arrival, true);
  }

  /** With nack, not reject: since 4.3 only reject counts against the task. */
  static Settle giveBack(Link.Arrival arrival) {
    return new Settle(arrival, false);
  }

  Link link() {
    return arrival.link();
  }

  void write(Channel channel) throws IOException {
    if (done) {
      channel.basicAck(arrival.tag(), false);
    } else {
      channel.basicNack(arrival.tag(), false, true);
    }
  }
}
