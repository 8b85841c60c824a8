package dev.comms.testkit.brokers;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The folder, ports, names and settings of one private RabbitMQ node. */
record RabbitFiles(Path folder, int port, int distributionPort, int mapperPort, int ctlPort) {

  static final String DISK_LIMIT = "50MB";

  private static final String TOOLS =
      ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin:/opt/homebrew/sbin";

  /** Makes the folder's files; the cookie, which opens the node to its tools, is random. */
  static RabbitFiles write(Path folder) throws IOException {
    RabbitFiles files = of(folder, Ports.free());
    files.write(cookie(), List.of());
    return files;
  }

  /**
   * Names and ports only: the nodes of a cluster must know each other's before they are written.
   */
  static RabbitFiles of(Path folder, int mapperPort) {
    return new RabbitFiles(folder, Ports.free(), Ports.free(), mapperPort, Ports.free());
  }

  static String cookie() {
    return new BigInteger(130, new SecureRandom()).toString(32);
  }

  /** Makes the folder's files, for a node that clusters with these nodes, itself included. */
  void write(String secret, List<String> cluster) throws IOException {
    List<String> settings = new ArrayList<>();
    settings.add("listeners.tcp.1 = 127.0.0.1:" + port);
    settings.add("loopback_users = none");
    settings.add("disk_free_limit.absolute = " + DISK_LIMIT);
    settings.add("log.console = false");
    if (!cluster.isEmpty()) {
      settings.add("cluster_formation.peer_discovery_backend = classic_config");
    }
    for (int i = 0; i < cluster.size(); i++) {
      String peer = "cluster_formation.classic_config.nodes." + (i + 1);
      settings.add(peer + " = " + cluster.get(i));
    }
    Folders.write(folder.resolve("rabbitmq.conf"), settings);
    Folders.write(folder.resolve("enabled_plugins"), List.of("[]."));
    Folders.write(folder.resolve("rabbitmq-env.conf"), List.of());
    Path cookie = folder.resolve(".erlang.cookie");
    Files.createFile(
        cookie, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(cookie, secret);
    Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
  }

  String node() {
    return "comms-" + port + "@localhost";
  }

  Path log() {
    return folder.resolve("rabbit.log");
  }

  Path console() {
    return folder.resolve("console.log");
  }

  /** The inherited environment without what could lead to another node, and with this node's. */
  Map<String, String> environment(Map<String, String> inherited) {
    Map<String, String> all = new TreeMap<>(inherited);
    all.keySet().removeIf(RabbitFiles::leadsElsewhere);
    all.put("PATH", inherited.getOrDefault("PATH", "") + TOOLS);
    all.put("HOME", folder.toString());
    all.put("ERL_EPMD_PORT", String.valueOf(mapperPort));
    all.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    // makes the script replace itself by the Erlang machine: one process, and its pid is known
    all.put("RUNNING_UNDER_SYSTEMD", "true");
    all.put("RABBITMQ_NODENAME", node());
    all.put("RABBITMQ_NODE_PORT", String.valueOf(port));
    all.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_DIST_PORT", String.valueOf(distributionPort));
    // +B i: Ctrl-C on a terminal reaches the node too; its owner decides when it ends
    all.put(
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+B i -kernel inet_dist_use_interface {127,0,0,1}");
    all.put("RABBITMQ_CTL_DIST_PORT_MIN", String.valueOf(ctlPort));
    all.put("RABBITMQ_CTL_DIST_PORT_MAX", String.valueOf(ctlPort + 10));
    all.put("RABBITMQ_CONF_ENV_FILE", in("rabbitmq-env.conf"));
    all.put("RABBITMQ_CONFIG_FILE", in("rabbitmq"));
    all.put("RABBITMQ_ADVANCED_CONFIG_FILE", in("advanced"));
    all.put("RABBITMQ_ENABLED_PLUGINS_FILE", in("enabled_plugins"));
    all.put("RABBITMQ_MNESIA_BASE", in("data"));
    all.put("RABBITMQ_LOG_BASE", folder.toString());
    all.put("RABBITMQ_LOGS", log().toString());
    all.put("RABBITMQ_PID_FILE", in("rabbit.pid"));
    return all;
  }

  private static boolean leadsElsewhere(String name) {
    return name.startsWith("RABBITMQ_")
        || name.startsWith("ERL_")
        || name.equals("CONF_ENV_FILE")
        || name.equals("NOTIFY_SOCKET");
  }

  private String in(String name) {
    return folder.resolve(name).toString();
  }
}
