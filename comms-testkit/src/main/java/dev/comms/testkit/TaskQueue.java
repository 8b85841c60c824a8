package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.DeadLetters.Letter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The queue of one task with its consumers, in turn, and its dead letters. */
final class TaskQueue {
  private final MemoryBroker broker;
  private final Deque<Stored> ready = new ArrayDeque<>();
  private final Deque<TaskMember> members = new ArrayDeque<>();
  private final Set<Letter> dead = new LinkedHashSet<>();
  private final Pump pump = new Pump(this::handOver);
  private int delayed;

  TaskQueue(MemoryBroker broker) {
    this.broker = broker;
  }

  /** Stores, unless it is full; then says so. */
  @Nullable CommsException submit(Stored task, Duration after, Time time) {
    synchronized (broker) {
      if (ready.size() + delayed + dead.size() >= MemoryBroker.MOST) {
        return new CommsException.Overloaded(
            Facts.of(task.envelope().contract())
                .effect(Effect.NONE)
                .fault(Fault.OVERLOAD)
                .message("the queue holds " + MemoryBroker.MOST + " messages; let it be worked"));
      }
      enqueue(task, after, time);
    }
    pump.signal();
    return null;
  }

  /** Puts at the end, now or after a while; under the broker's lock. */
  void enqueue(Stored task, Duration after, Time time) {
    if (after.isZero() || after.isNegative()) {
      ready.add(task);
      return;
    }
    delayed++;
    time.schedule(
        after,
        () -> {
          synchronized (broker) {
            delayed--;
            ready.add(task);
          }
          pump.signal();
        });
  }

  /** Puts where it was: at the head; under the broker's lock. */
  void putBack(Stored task) {
    ready.addFirst(task);
  }

  void join(TaskMember member) {
    synchronized (broker) {
      members.add(member);
    }
    pump.signal();
  }

  /** Under the broker's lock. */
  void leave(TaskMember member) {
    members.remove(member);
  }

  void signal() {
    pump.signal();
  }

  private @Nullable Runnable handOver() {
    synchronized (broker) {
      for (int i = members.size(); i > 0 && !ready.isEmpty(); i--) {
        TaskMember member = members.remove();
        members.add(member);
        if (member.free()) {
          return member.take(ready.remove());
        }
      }
      return null;
    }
  }

  /** Under the broker's lock. */
  void bury(Letter letter) {
    dead.add(letter);
  }

  List<Letter> dead() {
    synchronized (broker) {
      return new ArrayList<>(dead);
    }
  }

  /** Deletes, unless somebody else took it meanwhile. */
  boolean discard(Letter letter) {
    synchronized (broker) {
      return dead.remove(letter);
    }
  }

  boolean redrive(Letter letter) {
    synchronized (broker) {
      if (!dead.remove(letter)) {
        return false;
      }
      ready.add(Stored.redriven(letter));
    }
    pump.signal();
    return true;
  }
}
