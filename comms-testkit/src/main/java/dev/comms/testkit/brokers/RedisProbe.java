package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.URI;

/** Asks a Redis for its version and for how it stands with others. */
final class RedisProbe {

  private RedisProbe() {}

  /** The version, once the server has loaded its data and answers commands. */
  static String version(URI uri) throws IOException, Readiness.Final {
    try (RedisTalk redis = RedisTalk.with(uri)) {
      // INFO is answered while the data is still loaded, PING is not
      redis.ask("PING");
      return RedisTalk.field(redis.ask("INFO", "server"), "redis_version");
    }
  }

  /** Fails unless this replica holds its master's data and follows it. */
  static void following(URI replica) throws IOException, Readiness.Final {
    try (RedisTalk redis = RedisTalk.with(replica)) {
      expect("master_link_status", "up", redis.ask("INFO", "replication"));
    }
  }

  /** Fails unless this node sees so many nodes and a master that works for every slot. */
  static void clustered(URI node, int nodes) throws IOException, Readiness.Final {
    try (RedisTalk redis = RedisTalk.with(node)) {
      String info = redis.ask("CLUSTER", "INFO");
      expect("cluster_known_nodes", String.valueOf(nodes), info);
      expect("cluster_state", "ok", info);
    }
  }

  private static void expect(String name, String value, String info) throws IOException {
    String found = RedisTalk.field(info, name);
    if (!found.equals(value)) {
      throw new IOException(name + " is " + found + ", not yet " + value);
    }
  }
}
