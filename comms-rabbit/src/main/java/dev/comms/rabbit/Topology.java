package dev.comms.rabbit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Task;
import dev.comms.rabbit.Plan.Binding;
import dev.comms.rabbit.Plan.Exchange;
import dev.comms.rabbit.Plan.Queue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names and arguments of everything on the broker; no I/O. The arguments are frozen: a queue is
 * never redeclared with others, so a change of them is a new version in its name.
 */
final class Topology {
  /** Delay levels; level n waits {@code 2^n} seconds. */
  static final int LEVELS = 16;

  private static final String QUORUM = "quorum";
  private static final int UNLIMITED = 1_000_000; // -1 drops at the first return before 4.0
  private static final int MOST_CRASHES = 20;
  private static final int LONGEST_KEY = 255;

  private final String namespace;

  Topology(String namespace) {
    this.namespace = namespace;
  }

  /** Where one message is published to. */
  record Target(String exchange, String key) {}

  String tasks() {
    return namespace + ":tasks";
  }

  String dead() {
    return namespace + ":dead";
  }

  String deliver() {
    return namespace + ":deliver";
  }

  String unrouted() {
    return namespace + ":unrouted";
  }

  String delay(int level) {
    return namespace + ":delay:" + level;
  }

  /**
   * The work queue of a task. A queue's name is one word of a topic key, so dots become colons,
   * which no contract's name contains.
   */
  String queue(String task) {
    return namespace + ":" + task.replace('.', ':') + ":v1";
  }

  String dlq(String task) {
    return queue(task) + ":dlq";
  }

  /** Where a task goes: at once, or through the levels of its wait. */
  Target target(String task, long seconds) {
    if (seconds == 0) {
      return new Target(tasks(), task);
    }
    StringBuilder key = new StringBuilder();
    for (int level = LEVELS - 1; level >= 0; level--) {
      key.append((seconds >> level) & 1).append('.');
    }
    int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(seconds);
    return new Target(delay(highest), key.append(queue(task)).toString());
  }

  Target deadTarget(String task) {
    return new Target(dead(), queue(task));
  }

  /** The exchanges that every queue is bound to, and where the lost are found. */
  Plan base() {
    // No alternate exchange on tasks: it would make every message routed, and none returned.
    Map<String, Object> alternate = Map.of("alternate-exchange", unrouted());
    return new Plan(
        List.of(
            new Exchange(unrouted(), "fanout", Map.of()),
            new Exchange(tasks(), "topic", Map.of()),
            new Exchange(dead(), "direct", alternate),
            new Exchange(deliver(), "topic", alternate)),
        List.of(new Queue(unrouted(), store())),
        List.of(new Binding(unrouted(), "", unrouted(), true)));
  }

  /** The delay levels: a message falls from level to level and waits where its bit is 1. */
  Plan delays() {
    List<Exchange> exchanges = new ArrayList<>();
    List<Queue> queues = new ArrayList<>();
    List<Binding> bindings = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      String name = delay(level);
      String below = level > 0 ? delay(level - 1) : deliver();
      String higherBits = "*.".repeat(LEVELS - 1 - level);
      Map<String, Object> arguments = new TreeMap<>(store());
      arguments.put("x-message-ttl", 1_000L << level);
      arguments.put("x-dead-letter-exchange", below);
      arguments.put("x-dead-letter-strategy", "at-least-once");
      exchanges.add(new Exchange(name, "topic", Map.of()));
      queues.add(new Queue(name, arguments));
      bindings.add(new Binding(name, higherBits + "1.#", name, true));
      bindings.add(new Binding(name, higherBits + "0.#", below, false));
    }
    return new Plan(exchanges, queues, bindings);
  }

  /** The work queue of a task and its dead letters. */
  Plan of(Task<?> task) {
    String queue = queue(task.name());
    String dlq = dlq(task.name());
    check(task.name(), queue);
    Map<String, Object> arguments = new TreeMap<>();
    arguments.put("x-queue-type", QUORUM);
    arguments.put("x-delivery-limit", MOST_CRASHES);
    arguments.put("x-queue-leader-locator", "balanced");
    arguments.put("x-dead-letter-exchange", dead());
    arguments.put("x-dead-letter-routing-key", queue);
    arguments.put("x-dead-letter-strategy", "at-least-once");
    arguments.put("x-overflow", "reject-publish");
    return new Plan(
        List.of(),
        List.of(new Queue(dlq, store()), new Queue(queue, arguments)),
        List.of(
            new Binding(dead(), queue, dlq, true),
            new Binding(deliver(), "*.".repeat(LEVELS) + queue, queue, true),
            new Binding(tasks(), task.name(), queue, true)));
  }

  private void check(String task, String queue) {
    int most = LONGEST_KEY - 2 * LEVELS;
    if (queue.getBytes(StandardCharsets.UTF_8).length > most) {
      throw new CommsException.Misconfigured(
          task,
          "its queue would be named '"
              + queue
              + "', longer than the "
              + most
              + " bytes that a delayed routing key leaves; shorten the task's name or the namespace '"
              + namespace
              + "'");
    }
  }

  /** A queue that keeps what it has; the broker's default would drop a letter after 20 looks. */
  private static Map<String, Object> store() {
    return Map.of(
        "x-queue-type", QUORUM, "x-overflow", "reject-publish", "x-delivery-limit", UNLIMITED);
  }
}
