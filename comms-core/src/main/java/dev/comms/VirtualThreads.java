package dev.comms;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual threads where this Java has them (21 and later); found by name, since the build stays on
 * 17.
 */
final class VirtualThreads {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualThreads.class);
  private static final @Nullable MethodHandle MAKER = find(Thread.class, "ofVirtual");

  private VirtualThreads() {}

  static boolean available() {
    return MAKER != null;
  }

  /** Threads of this name and a number, or null if there are no virtual ones here. */
  static @Nullable ThreadFactory named(String name) {
    if (MAKER == null) {
      return null;
    }
    try {
      return (ThreadFactory) MAKER.invoke(name + "-v-");
    } catch (Throwable refused) {
      LOG.warn("{}: no virtual threads ({}); platform threads are used", name, refused.toString());
      return null;
    }
  }

  /**
   * {@code Thread.ofVirtual().name(prefix, 1).inheritInheritableThreadLocals(false).factory()} as a
   * function of the prefix, or null where it does not exist.
   */
  static @Nullable MethodHandle find(Class<?> threads, String maker) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle made = lookup.findStatic(threads, maker, MethodType.methodType(virtual));
      MethodHandle named =
          lookup.findVirtual(
              virtual, "name", MethodType.methodType(virtual, String.class, long.class));
      MethodHandle bare =
          lookup.findVirtual(
              virtual,
              "inheritInheritableThreadLocals",
              MethodType.methodType(virtual, boolean.class));
      MethodHandle factory =
          lookup.findVirtual(virtual, "factory", MethodType.methodType(ThreadFactory.class));
      MethodHandle first = MethodHandles.insertArguments(named, 2, 1L);
      MethodHandle whole =
          MethodHandles.filterReturnValue(
              MethodHandles.filterReturnValue(first, MethodHandles.insertArguments(bare, 1, false)),
              factory);
      return MethodHandles.foldArguments(whole, MethodHandles.dropArguments(made, 0, String.class));
    } catch (ReflectiveOperationException absent) {
      return null;
    }
  }
}
