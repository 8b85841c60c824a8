package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.file.Path;
import redis.embedded.core.ExecutableProvider;

/** The only file that knows the embedded-redis artifact: unpacks its binary for this system. */
final class EmbeddedRedis {

  private EmbeddedRedis() {}

  static Path binary(Path folder) throws IOException {
    return ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
  }
}
