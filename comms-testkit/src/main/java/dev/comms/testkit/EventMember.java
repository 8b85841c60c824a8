package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.spi.Delivery;
import dev.comms.spi.Host;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A member of a group. */
final class EventMember extends Member {
  private final List<String> events;
  private final Group group;
  private final Consumer<Delivery> consumer;

  EventMember(
      MemoryBroker broker,
      Host host,
      String name,
      int slots,
      List<String> events,
      Group group,
      Consumer<Delivery> consumer) {
    super(broker, host, name, slots);
    this.events = events;
    this.group = group;
    this.consumer = consumer;
  }

  List<String> events() {
    return events;
  }

  Runnable take(Lane lane) {
    Lane.Taken taken = lane.take();
    Delivered delivery = new Delivered(lane, taken);
    delivered(delivery);
    return () -> consumer.accept(delivery);
  }

  @Override
  void putBack(List<MemoryDelivery> orphans, boolean crashed) {
    for (MemoryDelivery orphan : orphans) {
      if (orphan instanceof Delivered delivered) {
        delivered.lane.putBack(delivered.offset, delivered.stored(crashed));
        delivered.lane.settled();
      }
    }
  }

  @Override
  void leave() {
    group.leave(this);
  }

  @Override
  void signal() {
    group.signal();
  }

  private final class Delivered extends MemoryDelivery {
    private final Lane lane;
    private final long offset;

    Delivered(Lane lane, Lane.Taken taken) {
      super(EventMember.this, taken.event());
      this.lane = lane;
      this.offset = taken.offset();
    }

    @Override
    void again() {
      lane.putBack(offset, stored().afterCrash());
      lane.settled();
    }

    @Override
    public CompletableFuture<Void> done() {
      return acknowledge(
          () -> {
            note(Journal.Step.HANDLED, "by " + group.name());
            lane.settled();
          });
    }

    @Override
    public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
      return settle(
          () -> {
            group.grave(envelope().contract()).bury(stored(), reason, why);
            lane.settled();
          });
    }

    @Override
    public CompletableFuture<Void> giveBack() {
      return settle(
          () -> {
            note(Journal.Step.GIVEN_BACK, "by " + group.name());
            lane.putBack(offset, stored());
            lane.settled();
          });
    }
  }
}
