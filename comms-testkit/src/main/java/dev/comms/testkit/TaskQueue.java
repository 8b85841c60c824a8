package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Priority;
import dev.comms.contract.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The queue of one task with its consumers, in turn, and its dead letters. */
final class TaskQueue {
  private final MemoryBroker broker;
  private final String task;
  // One for each class, in the order of the enum, which is that of their urgency.
  private final Map<Priority, Deque<Stored>> ready = new EnumMap<>(Priority.class);
  private final Deque<TaskMember> members = new ArrayDeque<>();
  private final Pump pump = new Pump(this::handOver);
  private final Grave grave;
  private int waiting;
  private int delayed;

  TaskQueue(MemoryBroker broker, String task) {
    this.broker = broker;
    this.task = task;
    this.grave = new Grave(broker, this::add, pump::signal);
  }

  Grave grave() {
    return grave;
  }

  /** Stores, unless it is full; then says so. */
  @Nullable CommsException submit(Stored task, Duration after, Time time) {
    synchronized (broker) {
      if (waiting + delayed + grave.size() >= MemoryBroker.MOST) {
        return new CommsException.Overloaded(
            Facts.of(task.envelope().contract())
                .effect(Effect.NONE)
                .fault(dev.comms.contract.Fault.OVERLOAD)
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
      add(task);
      return;
    }
    delayed++;
    time.schedule(
        after,
        () -> {
          synchronized (broker) {
            delayed--;
            add(task);
          }
          pump.signal();
        });
  }

  private Deque<Stored> of(Priority priority) {
    return ready.computeIfAbsent(priority, each -> new ArrayDeque<>());
  }

  private void add(Stored task) {
    of(task.priority()).add(task);
    waiting++;
  }

  /** Puts where it was: at the head; under the broker's lock. */
  void putBack(Stored task) {
    of(task.priority()).addFirst(task);
    waiting++;
  }

  private Stored take() {
    for (Deque<Stored> each : ready.values()) {
      if (!each.isEmpty()) {
        waiting--;
        return reordered(each);
      }
    }
    throw new IllegalStateException(task + ": nothing waits");
  }

  private Stored reordered(Deque<Stored> from) {
    List<Stored> others =
        broker.faults().has(Fault.Kind.REORDER_ACROSS_KEYS) ? overtaking(from) : List.of();
    if (!others.isEmpty() && broker.faults().strikes(Fault.Kind.REORDER_ACROSS_KEYS, task)) {
      Stored any = others.get(broker.faults().oneOf(others.size()));
      from.remove(any);
      return any;
    }
    return from.remove();
  }

  /** What may come before the head: the first of each other key, and all that have none. */
  private static List<Stored> overtaking(Deque<Stored> from) {
    List<Stored> others = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    boolean head = true;
    for (Stored one : from) {
      String key = one.envelope().key();
      if ((key == null || keys.add(key)) && !head) {
        others.add(one);
      }
      head = false;
    }
    return others;
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

  /** Under the broker's lock. */
  List<TaskMember> members() {
    return List.copyOf(members);
  }

  void signal() {
    pump.signal();
  }

  private @Nullable Runnable handOver() {
    synchronized (broker) {
      if (broker.faults().down()) {
        return null;
      }
      for (int i = members.size(); i > 0 && waiting > 0; i--) {
        TaskMember member = members.remove();
        members.add(member);
        if (member.free()) {
          return member.take(take());
        }
      }
      return null;
    }
  }
}
