package dev.comms.testkit.brokers;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The temporary folder of a set of brokers: made when first needed, deleted at its close. */
final class BrokerFolder {

  private final Watchdog watchdog;
  private @Nullable Path root;
  private int sets;

  BrokerFolder(Watchdog watchdog) {
    this.watchdog = watchdog;
  }

  /** A new folder below it, for one broker. */
  synchronized Path of(String kind) {
    if (root == null) {
      root = Folders.temporary();
      watchdog.guard(root);
    }
    return Folders.make(root.resolve(kind));
  }

  /** A new folder below it, for one of several sets of nodes of that kind. */
  synchronized Path ofSet(String kind) {
    sets++;
    return of(kind + "-nodes-" + sets);
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
