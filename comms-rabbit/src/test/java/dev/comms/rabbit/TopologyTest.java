package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Task;
import dev.comms.rabbit.Plan.Binding;
import dev.comms.rabbit.Plan.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopologyTest {
  private static final Task<byte[]> TASK = task("orders.process");

  private final Topology topology = new Topology("ns");
  private final Map<String, List<Binding>> routes = new HashMap<>();
  private final Map<String, Queue> queues = new HashMap<>();

  TopologyTest() {
    for (Plan plan : List.of(topology.base(), topology.delays(), topology.of(TASK))) {
      plan.bindings().forEach(each -> from(each.source()).add(each));
      plan.queues().forEach(each -> queues.put(each.name(), each));
    }
  }

  @Test
  void everyDelayThatTheLevelsCarryEndsAtTheQueueAfterExactlyItsSum() {
    for (long seconds = 1; seconds <= Delays.MOST_SECONDS; seconds++) {
      Topology.Target target = topology.target("orders.process", seconds);

      if (walk(target) != seconds * 1_000) {
        throw new AssertionError(seconds + " s ended after " + walk(target) + " ms");
      }
    }
  }

  @Test
  void aLongerTaskNameThatEndsAlikeTakesNothingFromAnother() {
    Plan other = topology.of(task("eu.orders.process"));
    other.bindings().forEach(each -> from(each.source()).add(each));

    Topology.Target target = topology.target("eu.orders.process", 5);

    assertThat(end(target)).containsExactly("ns:eu:orders:process:v1");
  }

  @Test
  void withoutADelayTheTaskGoesStraightToItsQueue() {
    assertThat(end(topology.target("orders.process", 0))).containsExactly("ns:orders:process:v1");
  }

  @Test
  void aDeadLetterGoesToTheTasksOwnDeadLetters() {
    assertThat(end(topology.deadTarget("orders.process")))
        .containsExactly("ns:orders:process:v1:dlq");
  }

  @Test
  void theTasksExchangeHasNoAlternateSoThatTheUnroutableComeBack() {
    assertThat(topology.base().exchanges())
        .filteredOn(each -> each.name().equals("ns:tasks"))
        .singleElement()
        .satisfies(each -> assertThat(each.arguments()).isEmpty());
  }

  @Test
  void everyQueueIsAQuorumQueueThatRefusesRatherThanDrops() {
    assertThat(queues.values())
        .hasSize(19)
        .allSatisfy(
            each ->
                assertThat(each.arguments())
                    .containsEntry("x-queue-type", "quorum")
                    .containsEntry("x-overflow", "reject-publish")
                    .containsKey("x-delivery-limit"));
  }

  @Test
  void namesThatDifferInADotOnlyHaveQueuesOfTheirOwn() {
    assertThat(topology.queue("a.b")).isNotEqualTo(topology.queue("a-b"));
    assertThat(topology.queue("a.b")).isNotEqualTo(topology.queue("a_b"));
  }

  @Test
  void aNameTooLongForADelayedKeyIsRefusedByName() {
    Topology wide = new Topology("n".repeat(40));

    assertThatThrownBy(() -> wide.of(task("t".repeat(200))))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("longer than the 223 bytes")
        .hasMessageContaining("shorten");
  }

  /** The milliseconds that a message waits until it reaches the work queue. */
  private long walk(Topology.Target from) {
    String exchange = from.exchange();
    String[] key = from.key().split("\\.");
    long waited = 0;
    for (int hops = 0; hops < 100; hops++) {
      List<Binding> next = matching(exchange, key);
      if (next.size() != 1) {
        throw new AssertionError("routes from " + exchange + " with " + from.key() + ": " + next);
      }
      Binding taken = next.get(0);
      if (!taken.toQueue()) {
        exchange = taken.destination();
      } else if (taken.destination().equals(topology.queue("orders.process"))) {
        return waited;
      } else {
        Map<String, Object> level = queues.get(taken.destination()).arguments();
        if (level.containsKey("x-dead-letter-routing-key")) {
          throw new AssertionError("the key must survive: " + level);
        }
        waited += (Long) level.get("x-message-ttl");
        exchange = (String) level.get("x-dead-letter-exchange");
      }
    }
    throw new AssertionError("endless: " + from);
  }

  private List<String> end(Topology.Target from) {
    List<String> ends = new ArrayList<>();
    String exchange = from.exchange();
    String[] key = from.key().split("\\.");
    List<Binding> next = matching(exchange, key);
    while (!next.isEmpty()) {
      List<Binding> later = new ArrayList<>();
      for (Binding each : next) {
        String name = each.destination();
        Queue level = each.toQueue() ? queues.get(name) : null;
        if (!each.toQueue()) {
          later.addAll(matching(name, key));
        } else if (level != null && level.arguments().containsKey("x-message-ttl")) {
          later.addAll(matching((String) level.arguments().get("x-dead-letter-exchange"), key));
        } else {
          ends.add(name);
        }
      }
      next = later;
    }
    return ends;
  }

  private List<Binding> matching(String exchange, String[] key) {
    List<Binding> found = new ArrayList<>();
    for (Binding each : from(exchange)) {
      boolean direct = exchange.equals("ns:dead");
      if (direct ? each.key().equals(String.join(".", key)) : matches(words(each.key()), key)) {
        found.add(each);
      }
    }
    return found;
  }

  private final Map<String, String[]> split = new HashMap<>();

  private String[] words(String pattern) {
    return split.computeIfAbsent(pattern, each -> each.split("\\."));
  }

  /** AMQP's topic rule, for a hash at the end only. */
  private static boolean matches(String[] pattern, String[] key) {
    for (int i = 0; i < pattern.length; i++) {
      if (pattern[i].equals("#")) {
        return true;
      }
      if (i >= key.length || (!pattern[i].equals("*") && !pattern[i].equals(key[i]))) {
        return false;
      }
    }
    return pattern.length == key.length;
  }

  private List<Binding> from(String exchange) {
    return routes.computeIfAbsent(exchange, name -> new ArrayList<>());
  }

  private static Task<byte[]> task(String name) {
    return Task.named(name, Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(1));
  }
}
