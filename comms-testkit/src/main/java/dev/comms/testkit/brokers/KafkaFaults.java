package dev.comms.testkit.brokers;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an embedded broker that gives up (a full disk, say) from halting the JVM, which would skip
 * every shutdown hook and leave other brokers running.
 *
 * <p>It stays in force after the broker's end, since its last threads may still give up. The class
 * that decides has moved between releases of Kafka, hence the reflection.
 */
final class KafkaFaults {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaFaults.class);

  private static final List<String> NAMES =
      List.of("org.apache.kafka.common.utils.internals.Exit", "org.apache.kafka.common.utils.Exit");

  private static boolean installed;

  private KafkaFaults() {}

  static synchronized void keepJvmAlive() {
    if (installed) {
      return;
    }
    for (String name : NAMES) {
      if (install(name)) {
        installed = true;
        return;
      }
    }
    LOG.warn("kafka: no Exit class found: a broker's fatal fault would end this JVM");
  }

  private static boolean install(String name) {
    try {
      ClassLoader loader = KafkaFaults.class.getClassLoader();
      Class<?> exit = Class.forName(name, true, loader);
      Class<?> procedure = Class.forName(name + "$Procedure", true, loader);
      Object refusal =
          Proxy.newProxyInstance(
              loader, new Class<?>[] {procedure}, (proxy, method, args) -> refuse(method, args));
      exit.getMethod("setExitProcedure", procedure).invoke(null, refusal);
      exit.getMethod("setHaltProcedure", procedure).invoke(null, refusal);
      return true;
    } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException next) {
      return false;
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Object refuse(Method method, Object[] args) {
    if (!method.getName().equals("execute")) {
      return method.getName();
    }
    LOG.error("kafka: the embedded broker gave up with status {}: {}", args[0], args[1]);
    throw new IllegalStateException(
        "the embedded Kafka broker gave up with status " + args[0] + ": " + args[1]);
  }
}
