package dev.comms.shop.services;

/** One service of the shop. */
public interface Service extends AutoCloseable {

  /**
   * Connects, listens and consumes; returns when it does.
   *
   * @throws dev.comms.contract.CommsException if a broker does not answer or refuses
   */
  void start();

  /** Drains and ends, bounded in time. */
  @Override
  void close();
}
