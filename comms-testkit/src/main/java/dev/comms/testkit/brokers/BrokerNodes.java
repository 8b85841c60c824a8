package dev.comms.testkit.brokers;

import java.util.List;

/**
 * Broker processes that belong together: one node, or a cluster. Made by {@link Brokers}, which
 * also closes them.
 *
 * <p>Thread-safe.
 */
public interface BrokerNodes extends AutoCloseable {

  /** As {@link Broker#kind()}. */
  String kind();

  /** As {@link Broker#version()}. */
  String version();

  /**
   * Where clients connect: the nodes' addresses, separated by commas; of a Redis with a replica the
   * master's alone.
   */
  String address();

  /** The nodes in the order of their numbers; always the same objects. */
  List<? extends BrokerNode> nodes();

  /**
   * Starts every node that is down, all at the same time, and waits until the set serves as it did
   * at its making: the way back after all were killed.
   *
   * @throws BrokerUnavailable if a node did not start or they did not find each other in time
   */
  void start();

  /** Kills all nodes; their files are deleted with the {@link Brokers}. Idempotent. */
  @Override
  void close();
}
