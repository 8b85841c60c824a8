package dev.comms.testkit.brokers;

import java.util.Properties;

/** The settings of the embedded Kafka broker: one node, small buffers, quick group changes. */
final class KafkaSettings {

  private KafkaSettings() {}

  static Properties of(int node, int port, int controllerPort, String data) {
    Properties all = new Properties();
    identity(all, node, port, controllerPort, data);
    oneNode(all);
    smallBuffers(all);
    quickGroups(all);
    return all;
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

  private static void oneNode(Properties all) {
    all.setProperty("offsets.topic.replication.factor", "1");
    all.setProperty("offsets.topic.num.partitions", "1");
    all.setProperty("transaction.state.log.replication.factor", "1");
    all.setProperty("transaction.state.log.min.isr", "1");
    all.setProperty("transaction.state.log.num.partitions", "1");
    all.setProperty("share.coordinator.state.topic.replication.factor", "1");
    all.setProperty("share.coordinator.state.topic.min.isr", "1");
    all.setProperty("share.coordinator.state.topic.num.partitions", "1");
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
