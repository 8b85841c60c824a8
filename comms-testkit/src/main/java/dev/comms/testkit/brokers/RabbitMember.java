package dev.comms.testkit.brokers;

/**
 * One node of a {@link RabbitCluster}: its process is the Erlang machine itself.
 *
 * <p>Thread-safe.
 */
public interface RabbitMember extends BrokerNode {

  /** What a node runs out of; it then stops to read from connections that publish. */
  enum Alarm {
    /** Free space of its disk. */
    DISK,
    /** Memory. */
    MEMORY
  }

  /**
   * Raises the alarm by a limit that this machine cannot keep, and waits until it is in force,
   * which blocks publishers at every node of the cluster. A restart clears it. Takes some seconds.
   *
   * @throws IllegalStateException if the node does not run or the alarm did not come
   */
  void alarm(Alarm alarm);

  /**
   * Ends both alarms, and waits until they are over.
   *
   * @throws IllegalStateException if the node does not run or an alarm stayed
   */
  void clearAlarms();

  /**
   * As {@link RabbitBroker#ctl}.
   *
   * @throws IllegalStateException if the command fails; the message holds its output
   */
  String ctl(String... arguments);

  /** As {@link RabbitBroker#ctlCommand}. */
  String ctlCommand(String... arguments);
}
