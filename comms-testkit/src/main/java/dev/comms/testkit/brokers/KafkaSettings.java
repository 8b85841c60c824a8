package dev.comms.testkit.brokers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The settings of our Kafka brokers: small buffers, quick group changes. */
final class KafkaSettings {

  private KafkaSettings() {}

  static Properties of(int node, int port, int controllerPort, String data) {
    Properties all = new Properties();
    identity(all, node, port, controllerPort, data);
    replicated(all, 1, 1);
    smallBuffers(all);
    quickGroups(all);
    return all;
  }

  /** A process of its own, one of these voters; brokers talk to each other past any proxy. */
  static Properties ofProcess(KafkaPorts own, List<KafkaPorts> voters, String data) {
    Properties all = of(own.node(), own.clients(), own.controller(), data);
    String internal = "INTERNAL://127.0.0.1:" + own.internal();
    all.setProperty(
        "controller.quorum.voters",
        voters.stream()
            .map(voter -> voter.node() + "@127.0.0.1:" + voter.controller())
            .collect(Collectors.joining(",")));
    all.setProperty("listeners", all.getProperty("listeners") + "," + internal);
    all.setProperty(
        "advertised.listeners", "PLAINTEXT://127.0.0.1:" + own.advertised() + "," + internal);
    all.setProperty("inter.broker.listener.name", "INTERNAL");
    all.setProperty(
        "listener.security.protocol.map",
        all.getProperty("listener.security.protocol.map") + ",INTERNAL:PLAINTEXT");
    replicated(all, voters.size(), voters.size() / 2 + 1);
    return all;
  }

  /**
   * For the image apache/kafka, which reads its settings from variables named after them. Listens
   * for clients on every address of the container, and tells them this machine's.
   */
  static Map<String, String> ofContainer(int port, int controllerPort) {
    Properties all = of(1, port, controllerPort, "/tmp/comms-kafka");
    String mine = "127.0.0.1:" + port;
    all.setProperty("listeners", all.getProperty("listeners").replace(mine, "0.0.0.0:" + port));
    all.setProperty("advertised.listeners", "PLAINTEXT://" + mine);
    Map<String, String> variables = new TreeMap<>();
    for (String name : all.stringPropertyNames()) {
      String variable = "KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_');
      variables.put(variable, all.getProperty(name));
    }
    variables.put("KAFKA_HEAP_OPTS", "-Xms64m -Xmx512m");
    return variables;
  }

  private static void identity(
      Properties all, int node, int port, int controllerPort, String data) {
    String controller = "127.0.0.1:" + controllerPort;
    all.setProperty("process.roles", "broker,controller");
    all.setProperty("node.id", String.valueOf(node));
    all.setProperty("controller.quorum.voters", node + "@" + controller);
    all.setProperty("controller.listener.names", "CONTROLLER");
    all.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://" + controller);
    all.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.setProperty("log.dirs", data);
    // a topic exists because somebody declared it
    all.setProperty("auto.create.topics.enable", "false");
  }

  private static void replicated(Properties all, int replicas, int inSync) {
    String copies = String.valueOf(replicas);
    String least = String.valueOf(inSync);
    all.setProperty("default.replication.factor", copies);
    all.setProperty("min.insync.replicas", least);
    all.setProperty("offsets.topic.replication.factor", copies);
    all.setProperty("offsets.topic.num.partitions", copies);
    all.setProperty("transaction.state.log.replication.factor", copies);
    all.setProperty("transaction.state.log.min.isr", least);
    all.setProperty("transaction.state.log.num.partitions", copies);
    all.setProperty("share.coordinator.state.topic.replication.factor", copies);
    all.setProperty("share.coordinator.state.topic.min.isr", least);
    all.setProperty("share.coordinator.state.topic.num.partitions", copies);
  }

  private static void smallBuffers(Properties all) {
    // 128 MB of heap by default
    all.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
    all.setProperty("num.network.threads", "2");
    all.setProperty("num.io.threads", "4");
    all.setProperty("background.threads", "2");
  }

  /** Tests watch groups form, fail and form again: by default that takes 3 to 45 s each time. */
  private static void quickGroups(Properties all) {
    all.setProperty("group.initial.rebalance.delay.ms", "0");
    all.setProperty("group.min.session.timeout.ms", "1000");
    all.setProperty("group.consumer.min.heartbeat.interval.ms", "500");
    all.setProperty("group.consumer.heartbeat.interval.ms", "500");
    all.setProperty("group.consumer.min.session.timeout.ms", "1000");
    all.setProperty("group.consumer.session.timeout.ms", "10000");
    all.setProperty("group.share.min.heartbeat.interval.ms", "500");
    all.setProperty("group.share.heartbeat.interval.ms", "500");
  }
}
