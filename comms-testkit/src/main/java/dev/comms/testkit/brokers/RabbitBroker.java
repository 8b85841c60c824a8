package dev.comms.testkit.brokers;

/** A running RabbitMQ: what every {@link Broker} tells, and its command line tool. */
public interface RabbitBroker extends Broker {

  /**
   * Runs {@code rabbitmqctl} against this node and returns what it printed, for example {@code
   * ctl("purge_queue", "orders.process")}. Takes about two seconds: it is a program of its own.
   *
   * @throws IllegalStateException if the environment named the node (its command line tool would
   *     need that node's cookie), or if the command fails; the message holds its output
   */
  String ctl(String... arguments);

  /**
   * The same as one line for a POSIX shell, for people to run while the broker is up: for a private
   * node with all that leads to it, by any shell of the user that started it; for a container by
   * {@code docker exec}; for an outside one as its operator would write it, with the vhost of its
   * URI. It holds no secret: the cookie stays in its file, and {@code rabbitmqctl} takes it from
   * there.
   */
  String ctlCommand(String... arguments);
}
