package dev.comms.testkit.brokers;

/** What {@link WithBrokers} can start. */
public enum BrokerKind {
  /** {@link Brokers#kafka()}. */
  KAFKA,
  /** {@link Brokers#redis()}. */
  REDIS,
  /** {@link Brokers#rabbit()}. */
  RABBIT,
  /** {@link Brokers#postgres()}. */
  POSTGRES
}
