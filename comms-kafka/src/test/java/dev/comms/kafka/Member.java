package dev.comms.kafka;

import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Subscription;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A member of a group whose deliveries the test settles by hand. */
final class Member {
  final KafkaTransport transport;
  final Subscription subscription;
  private final BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();

  Member(Rig rig, KafkaConfig config, String group, Start start, int slots) {
    this.transport = rig.attach(config);
    this.subscription =
        transport.subscribe(List.of(Rig.EVENT), new Subscriber(group, start), slots, arrived::add);
  }

  Delivery next() throws InterruptedException {
    Delivery delivery = arrived.poll(Rig.LONG.toMillis(), TimeUnit.MILLISECONDS);
    if (delivery == null) {
      throw new AssertionError("no delivery within " + Rig.LONG);
    }
    return delivery;
  }

  boolean isEmpty() {
    return arrived.isEmpty();
  }

  String fact(String name) {
    return subscription.health().parts().get(0).facts().get(name);
  }

  boolean isUp() {
    return subscription.health().state().name().equals("UP");
  }

  /** How many partitions it has. */
  int share() {
    String assigned = fact("assigned");
    return assigned.isEmpty() ? 0 : assigned.split(",").length;
  }
}
