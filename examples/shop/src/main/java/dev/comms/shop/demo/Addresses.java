package dev.comms.shop.demo;

import dev.comms.testkit.brokers.Broker;
import dev.comms.testkit.brokers.RabbitBroker;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Says early where everything is, so that it can be looked at and disturbed while it runs. */
final class Addresses {
  private Addresses() {}

  static void print(PrintStream err, DemoOptions options, DemoBrokers brokers, String gateway) {
    if (brokers.rabbit() == null) {
      err.println(
          "RabbitMQ is not here, so the tasks run on Redis Streams; add it with: "
              + Report.ADD_RABBIT);
    }
    err.println("gateway     " + gateway);
    for (Broker broker : brokers.all()) {
      err.printf(
          "%-11s %s (%s %s)%n",
          broker.kind(),
          Report.withoutSecrets(broker.address()),
          broker.version(),
          broker.origin());
    }
    err.println("work queue  " + brokers.workQueue());
    boolean slow = !options.workerDelay().isZero();
    if (slow || options.keep()) {
      err.println("purge it    " + purge(brokers));
    }
    err.flush();
  }

  private static String purge(DemoBrokers brokers) {
    @Nullable RabbitBroker rabbit = brokers.rabbit();
    String queue = brokers.workQueue();
    if (rabbit == null) {
      return "redis-cli -u "
          + Report.withoutSecrets(brokers.redis().address())
          + " XTRIM '"
          + queue
          + "' MAXLEN 0";
    }
    return rabbit.ctlCommand("purge_queue", queue);
  }
}
