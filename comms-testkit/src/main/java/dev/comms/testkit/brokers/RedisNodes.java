package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Redis processes that a test may end: one, a master with its replica, or a cluster of masters. */
final class RedisNodes {

  private static final Duration START = Duration.ofSeconds(60);
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  private final String program;
  private final Path folder;
  private final Map<String, String> environment;
  private final Scope scope;

  RedisNodes(Path program, Path folder, Map<String, String> environment, Scope scope) {
    this.program = program.toString();
    this.folder = folder;
    this.environment = environment;
    this.scope = scope;
  }

  BrokerNodes one() {
    ProcessNode node = node("redis-1", Ports.free(), List.of());
    return started(node.address(), List.of(node), () -> {});
  }

  /** The replica follows the master over restarts of either; nobody promotes it by itself. */
  BrokerNodes withReplica() {
    ProcessNode master = node("redis-master", Ports.free(), List.of());
    List<String> follow =
        List.of("replicaof 127.0.0.1 " + master.port(), "repl-diskless-sync-delay 0");
    ProcessNode replica = node("redis-replica", Ports.free(), follow);
    return started(
        master.address(), List.of(master, replica), () -> RedisProbe.following(uri(replica)));
  }

  /** Three masters that share all slots, without replicas. */
  BrokerNodes cluster() {
    List<String> settings =
        List.of(
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            // how soon a dead or frozen master is noticed; 15 s by default
            "cluster-node-timeout 5000");
    List<ProcessNode> masters =
        IntStream.rangeClosed(1, MASTERS)
            .mapToObj(number -> node("redis-" + number, Ports.freeForRedisCluster(), settings))
            .toList();
    return started(ProcessNodes.addresses(masters), masters, () -> formed(masters));
  }

  private BrokerNodes started(String address, List<ProcessNode> nodes, ProcessNodes.Formed formed) {
    ProcessNodes<ProcessNode> all =
        new ProcessNodes<>("redis", address, nodes, START, formed, scope);
    all.start();
    return all;
  }

  private ProcessNode node(String name, int port, List<String> settings) {
    Path own = Folders.make(folder.resolve(name));
    List<String> configuration = new ArrayList<>(RedisServer.configuration(port, own));
    configuration.addAll(settings);
    Folders.write(own.resolve("redis.conf"), configuration);
    URI uri = URI.create("redis://127.0.0.1:" + port);
    ProcessNode.Plan plan =
        new ProcessNode.Plan(
            "redis",
            name,
            uri.toString(),
            port,
            own,
            List.of(program, "redis.conf"),
            environment,
            List.of(own.resolve("redis.log")),
            START);
    return new ProcessNode(plan, child -> RedisProbe.version(uri), scope);
  }

  /** Hands out the slots and introduces the masters, as redis-cli does, if nobody has yet. */
  private static void formed(List<ProcessNode> masters) throws IOException, Readiness.Final {
    for (int i = 0; i < MASTERS; i++) {
      try (RedisTalk redis = RedisTalk.with(uri(masters.get(i)))) {
        String info = redis.ask("CLUSTER", "INFO");
        if (RedisTalk.field(info, "cluster_slots_assigned").equals("0")) {
          redis.ask("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
          redis.ask(slots(i));
          for (ProcessNode other : masters.subList(0, i)) {
            redis.ask("CLUSTER", "MEET", "127.0.0.1", String.valueOf(other.port()));
          }
        }
      }
    }
    for (ProcessNode master : masters) {
      RedisProbe.clustered(uri(master), MASTERS);
    }
  }

  private static String[] slots(int master) {
    List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
    IntStream.range(SLOTS * master / MASTERS, SLOTS * (master + 1) / MASTERS)
        .forEach(slot -> words.add(String.valueOf(slot)));
    return words.toArray(String[]::new);
  }

  private static URI uri(BrokerNode node) {
    return URI.create(node.address());
  }
}
