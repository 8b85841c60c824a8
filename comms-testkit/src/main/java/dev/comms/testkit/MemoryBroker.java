package dev.comms.testkit;

import dev.comms.contract.Time;
import dev.comms.spi.DeadLetters.Letter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues, topics and groups by name; all of their state is guarded by this object. */
final class MemoryBroker {
  /** The most messages of one contract: a test that needs more has a leak. */
  static final int MOST = 1_000_000;

  private final Time time;
  private final Journal journal;
  private final Faults faults;
  private final Map<String, TaskQueue> queues = new LinkedHashMap<>();
  private final Map<String, Topic> topics = new LinkedHashMap<>();
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private @Nullable Duration retention;
  private long published;

  MemoryBroker(Time time, long seed, boolean journal) {
    this.time = time;
    this.journal = new Journal(time, journal);
    this.faults = new Faults(time, seed, this.journal, this);
  }

  Time time() {
    return time;
  }

  Journal journal() {
    return journal;
  }

  Faults faults() {
    return faults;
  }

  synchronized TaskQueue queue(String task) {
    return queues.computeIfAbsent(task, name -> new TaskQueue(this, name));
  }

  synchronized Topic topic(String event) {
    return topics.computeIfAbsent(event, name -> new Topic(this, MOST));
  }

  synchronized Group group(String name) {
    return groups.computeIfAbsent(name, group -> new Group(this, group));
  }

  synchronized List<Group> groups() {
    return List.copyOf(groups.values());
  }

  /** All who consume. */
  synchronized List<Member> members() {
    List<Member> all = new ArrayList<>();
    queues.values().forEach(queue -> all.addAll(queue.members()));
    groups.values().forEach(group -> all.addAll(group.members()));
    return all;
  }

  /** Hands over what can be handed over, everywhere. */
  void signal() {
    List<TaskQueue> all;
    synchronized (this) {
      all = List.copyOf(queues.values());
    }
    all.forEach(TaskQueue::signal);
    groups().forEach(Group::signal);
  }

  /** How long events are kept, or null for ever. */
  synchronized @Nullable Duration retention() {
    return retention;
  }

  synchronized void retention(Duration age) {
    retention = age;
  }

  /** The number of an event in the order of all; under the lock of this object. */
  long nextNumber() {
    return published++;
  }

  List<Letter> deadEvents(String event, String group) {
    return group(group).dead(event);
  }
}
