package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Starts a Redis process: the binary of the embedded-redis artifact, or an installed one. */
final class RedisServer {

  private static final Duration START = Duration.ofSeconds(10);
  private static final Duration STOP = Duration.ofMillis(1_500);

  private RedisServer() {}

  /** What finds or unpacks the program. */
  interface Binary {
    Path in(Path folder) throws IOException;
  }

  static Broker outside(String value) {
    Outside named = new Outside("redis", "COMMS_REDIS_URI", value);
    URI uri = Hosts.parse(value, "redis", "rediss");
    if (uri == null) {
      throw named.malformed("a URI such as redis://host:6379");
    }
    String version = named.await(() -> RedisProbe.version(uri));
    return new Running("redis", version, value.strip(), named.variable(), () -> {});
  }

  static Broker start(
      String origin, Binary binary, Path folder, Map<String, String> environment, Scope scope)
      throws IOException {
    int port = Ports.free();
    Path log = folder.resolve("redis.log");
    Folders.write(folder.resolve("redis.conf"), configuration(port, folder));
    String program = binary.in(folder).toString();
    List<String> command = List.of(program, "redis.conf");
    Child child = scope.start(folder, log, command, environment, STOP);
    URI uri = URI.create("redis://127.0.0.1:" + port);
    try {
      String version = Readiness.await(START, child::alive, () -> RedisProbe.version(uri));
      return new Running("redis", version, uri.toString(), origin, scope::close);
    } catch (Readiness.NotReady e) {
      throw Failures.start("redis", program, port, child, child.tail(), e);
    }
  }

  /** An installed {@code redis-server}. */
  static Path installed(Map<String, String> environment) {
    return Programs.find("redis-server", Programs.folders(environment))
        .orElseThrow(
            () ->
                new BrokerUnavailable(
                    "redis: -Dcomms.redis=installed, and no redis-server is installed: run"
                        + " ./comms test, or apt-get install -y --no-install-recommends"
                        + " redis-server, or leave out the property"));
  }

  static List<String> configuration(int port, Path folder) {
    return List.of(
        "port " + port,
        "bind 127.0.0.1",
        "dir \"" + folder + "\"",
        "daemonize no",
        "save \"\"",
        "appendonly yes",
        "maxmemory-policy noeviction");
  }
}
