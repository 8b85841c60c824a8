package dev.comms.testkit.brokers;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The temporary folder of a set of brokers: made when first needed, deleted at its close. */
final class BrokerFolder {

  private @Nullable Path root;

  /** A new folder below it, for one broker. */
  synchronized Path of(String kind) {
    if (root == null) {
      root = Folders.temporary();
    }
    return Folders.make(root.resolve(kind));
  }

  /** Null as long as nothing was started. */
  synchronized @Nullable Path root() {
    return root;
  }

  synchronized void delete() {
    if (root != null) {
      Folders.delete(root);
    }
  }
}
