package dev.comms.testkit;

import dev.comms.contract.Time;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.EventTransport.Start;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A group of members that share the lanes of their topics. */
final class Group {
  private static final Logger LOG = LoggerFactory.getLogger(Group.class);
  private final MemoryBroker broker;
  private final String name;
  private final Map<String, List<Lane>> lanes = new LinkedHashMap<>();
  private final Map<String, Grave> graves = new LinkedHashMap<>();
  private final Deque<EventMember> members = new ArrayDeque<>();
  private final Pump pump = new Pump(this::handOver);

  Group(MemoryBroker broker, String name) {
    this.broker = broker;
    this.name = name;
  }

  String name() {
    return name;
  }

  void join(EventMember member, Start start, Time time) {
    Start moment = start.resolved(time.now());
    synchronized (broker) {
      for (String event : member.events()) {
        broker.topic(event).trim(time);
        lanes.computeIfAbsent(
            event,
            of -> broker.topic(of).shards().stream().map(log -> new Lane(log, moment)).toList());
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

  /** Under the broker's lock. */
  List<EventMember> members() {
    return List.copyOf(members);
  }

  /** Takes every lane from its reader at once and gives it to the next. */
  void rebalance() {
    synchronized (broker) {
      members.forEach(member -> member.takeBack(false));
      if (!members.isEmpty()) {
        members.add(members.remove());
      }
      share();
    }
    members().forEach(Member::wake);
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
      if (broker.faults().down()) {
        return null;
      }
      for (EventMember member : members) {
        Runnable job = member.free() ? handOver(member) : null;
        if (job != null) {
          return job;
        }
      }
      return null;
    }
  }

  /** The oldest of all that this member may read, unless a fault mixes the lanes. */
  private @Nullable Runnable handOver(EventMember member) {
    List<Lane> ready = new ArrayList<>();
    List<String> events = new ArrayList<>();
    for (String event : member.events()) {
      broker.topic(event).trim(member.host().time());
      for (Lane lane : lanes.getOrDefault(event, List.of())) {
        report(event, lane.passGap());
        if (lane.readyFor(member)) {
          ready.add(lane);
          events.add(event);
        }
      }
    }
    if (ready.isEmpty()) {
      return null;
    }
    int first = 0;
    for (int i = 1; i < ready.size(); i++) {
      first = ready.get(i).number() < ready.get(first).number() ? i : first;
    }
    return member.take(ready.get(mixed(first, events)));
  }

  /** Another than the first, if a fault on its event says so. */
  private int mixed(int first, List<String> events) {
    if (events.size() < 2 || !broker.faults().has(Fault.Kind.REORDER_ACROSS_KEYS)) {
      return first;
    }
    int other = (first + 1 + broker.faults().oneOf(events.size() - 1)) % events.size();
    boolean strikes = broker.faults().strikes(Fault.Kind.REORDER_ACROSS_KEYS, events.get(other));
    return strikes ? other : first;
  }

  private void report(String event, long gap) {
    if (gap > 0) {
      String what = gap + " events of " + event + " were gone before group " + name + " read them";
      LOG.warn("{}; keep events longer, or let the group read faster", what);
      broker.journal().note(Journal.Step.GAP, null, what);
    }
  }

  Grave grave(String event) {
    synchronized (broker) {
      return graves.computeIfAbsent(
          event, of -> new Grave(broker, message -> revive(of, message), pump::signal));
    }
  }

  private void revive(String event, Stored message) {
    List<Lane> all = lanes.getOrDefault(event, List.of());
    String key = message.envelope().key();
    if (!all.isEmpty()) {
      all.get(Math.floorMod(key == null ? 0 : key.hashCode(), all.size())).revive(message);
    }
  }

  List<Letter> dead(String event) {
    return grave(event).all().stream().map(Grave.Dead::letter).toList();
  }
}
