package dev.comms.testkit.brokers;

/** A running RabbitMQ: what every {@link Broker} tells, and its command line tool. */
public interface RabbitBroker extends Broker {

  /**
   * Runs {@code rabbitmqctl} against this node and returns what it printed, for example {@code
   * ctl("purge_queue", "orders.process")}. Takes about two seconds: it is a program of its own.
   *
   * @throws IllegalStateException if the node is not a private one (its command line tool would
   *     need the outside node's cookie), or if the command fails; the message holds its output
   */
  String ctl(String... arguments);
}
