package dev.comms.testkit;

import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.EventTransport.Start;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A group of members that share the lanes of their topics. */
final class Group {
  private final MemoryBroker broker;
  private final Map<String, List<Lane>> lanes = new LinkedHashMap<>();
  private final Map<String, List<Letter>> dead = new LinkedHashMap<>();
  private final Deque<EventMember> members = new ArrayDeque<>();
  private final Pump pump = new Pump(this::handOver);

  Group(MemoryBroker broker) {
    this.broker = broker;
  }

  void join(EventMember member, Start start) {
    synchronized (broker) {
      for (String event : member.events()) {
        lanes.computeIfAbsent(
            event,
            name -> broker.topic(name).shards().stream().map(log -> new Lane(log, start)).toList());
      }
      members.add(member);
      share();
    }
    pump.signal();
  }

  /** Under the broker's lock. */
  void leave(EventMember member) {
    members.remove(member);
    share();
  }

  private void share() {
    lanes.forEach(
        (event, shards) -> {
          List<EventMember> readers =
              members.stream().filter(member -> member.events().contains(event)).toList();
          for (int i = 0; i < shards.size(); i++) {
            shards.get(i).assign(readers.isEmpty() ? null : readers.get(i % readers.size()));
          }
        });
  }

  void signal() {
    pump.signal();
  }

  private @Nullable Runnable handOver() {
    synchronized (broker) {
      for (EventMember member : members) {
        Runnable job = member.free() ? handOver(member) : null;
        if (job != null) {
          return job;
        }
      }
      return null;
    }
  }

  private @Nullable Runnable handOver(EventMember member) {
    for (String event : member.events()) {
      for (Lane lane : lanes.getOrDefault(event, List.of())) {
        if (lane.readyFor(member)) {
          return member.take(lane);
        }
      }
    }
    return null;
  }

  /** Under the broker's lock. */
  void bury(Letter letter) {
    dead.computeIfAbsent(letter.message().contract(), event -> new ArrayList<>()).add(letter);
  }

  List<Letter> dead(String event) {
    synchronized (broker) {
      return List.copyOf(dead.getOrDefault(event, List.of()));
    }
  }
}
