package dev.comms.testkit;

import dev.comms.spi.DeadLetters.Letter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The queues, topics and groups by name; all of their state is guarded by this object. */
final class MemoryBroker {
  /** The most messages of one contract: a test that needs more has a leak. */
  static final int MOST = 1_000_000;

  private final Map<String, TaskQueue> queues = new HashMap<>();
  private final Map<String, Topic> topics = new HashMap<>();
  private final Map<String, Group> groups = new HashMap<>();

  synchronized TaskQueue queue(String task) {
    return queues.computeIfAbsent(task, name -> new TaskQueue(this));
  }

  synchronized Topic topic(String event) {
    return topics.computeIfAbsent(event, name -> new Topic(this));
  }

  synchronized Group group(String name) {
    return groups.computeIfAbsent(name, group -> new Group(this));
  }

  synchronized List<Group> groups() {
    return List.copyOf(groups.values());
  }

  List<Letter> deadEvents(String event, String group) {
    return group(group).dead(event);
  }
}
