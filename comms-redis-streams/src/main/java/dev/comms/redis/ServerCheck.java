package dev.comms.redis;

import dev.comms.contract.CommsException.Misconfigured;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who answered, and whether it is set up to keep what it confirms. */
final class ServerCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);

  private ServerCheck() {}

  /**
   * The facts of an answer to INFO.
   *
   * @throws Misconfigured if the server is older than 6.2
   */
  static Map<String, String> facts(String info, String address) {
    Map<String, String> said = parse(info);
    boolean valkey = said.containsKey("valkey_version");
    String version = said.getOrDefault("redis_version", "unknown");
    if (older(version)) {
      throw new Misconfigured(
          "redis",
          "the server at " + address + " is Redis " + version + "; use 6.2 or newer, or Valkey");
    }
    boolean aof = "1".equals(said.get("aof_enabled"));
    if (!aof) {
      LOG.warn(
          "redis at {}: appendonly is off, so a restart loses confirmed tasks and events since the"
              + " last snapshot; set 'appendonly yes'",
          address);
    }
    String policy = said.getOrDefault("maxmemory_policy", "unknown");
    if (!policy.equals("noeviction")) {
      LOG.warn(
          "redis at {}: maxmemory-policy is {}, so under memory pressure whole queues, groups and"
              + " leases may be evicted; set 'maxmemory-policy noeviction'",
          address,
          policy);
    }
    Map<String, String> facts = new TreeMap<>();
    facts.put("address", address);
    facts.put("server", valkey ? "valkey" : "redis");
    facts.put("version", valkey ? said.get("valkey_version") : version);
    facts.put("appendonly", aof ? "yes" : "no");
    facts.put("maxmemory-policy", policy);
    facts.put(
        "durability",
        aof
            ? "NONE: what the append-only file of one server promises; a failover may lose messages"
            : "NONE: a restart loses what the last snapshot lacks");
    return Map.copyOf(facts);
  }

  /** The facts of a server that does not answer INFO. */
  static Map<String, String> unknown(String address) {
    LOG.warn(
        "redis at {}: INFO is denied, so its version, appendonly and maxmemory-policy are not"
            + " checked; allow it in the ACL with '+info'",
        address);
    return Map.of("address", address, "version", "unknown: INFO is denied");
  }

  private static boolean older(String version) {
    String[] parts = version.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      return major < 6 || (major == 6 && Integer.parseInt(parts[1]) < 2);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException foreign) {
      return false;
    }
  }

  private static Map<String, String> parse(String info) {
    Map<String, String> said = new HashMap<>();
    info.lines()
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              if (colon > 0) {
                said.put(line.substring(0, colon), line.substring(colon + 1).strip());
              }
            });
    return said;
  }
}
