package dev.comms.testkit.brokers;

/**
 * One broker process, for tests of what happens when it ends, is killed or hangs. It keeps its
 * name, ports and data folder over its restarts.
 *
 * <p>Every operation has ended when it returns, and none takes longer than two minutes.
 * Thread-safe; operations on one node run one after another. Those that end or change a process
 * throw {@link IllegalStateException} with the node's name, process id and the end of its log if
 * that did not come about in time; those that start one throw {@link BrokerUnavailable}.
 */
public interface BrokerNode {

  /** Unique within its set, for example {@code kafka-2}. */
  String name();

  /**
   * Where clients connect to this node, in the form of {@link Broker#address()}. Behind a proxy it
   * is the proxy's address.
   */
  String address();

  /** The TCP port on which the process itself listens for clients. */
  int port();

  /** The id of its process, a new one after each start; of the last one while it is down. */
  long pid();

  /** Whether its process runs; also true while it is paused. */
  boolean alive();

  /**
   * Asks the process to end (SIGTERM) and waits for that; does nothing if it is down. A Kafka node
   * that most of its quorum left cannot end in order: kill it.
   */
  void stop();

  /** Kills the process (SIGKILL) and waits until it is gone; does nothing if it is down. */
  void kill();

  /**
   * Freezes the process (SIGSTOP): its connections stay open, the system accepts new ones for it,
   * and nobody answers.
   */
  void pause();

  /** Lets a paused process go on (SIGCONT); does nothing to one that runs. */
  void resume();

  /** Ends the process as {@link #stop()} does if it runs, and starts it again. */
  void restart();

  /**
   * Starts a node that is down on its old ports and data, and waits until it serves; does nothing
   * if it runs. A node that needs others to serve, as most of a Kafka quorum, needs them running:
   * {@link BrokerNodes#start()} starts all together.
   */
  void start();
}
