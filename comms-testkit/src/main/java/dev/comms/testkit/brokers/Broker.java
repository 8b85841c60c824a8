package dev.comms.testkit.brokers;

/**
 * One running broker. Handles come from {@link Brokers}, which also closes them; closing a handle
 * ends its broker early. A broker that the environment named is left running by {@code close}.
 *
 * <p>Thread-safe. {@code toString} never shows a password.
 */
public interface Broker extends AutoCloseable {

  /** {@code kafka}, {@code redis}, {@code rabbitmq} or {@code postgresql}. */
  String kind();

  /**
   * The version as the running broker told it, for example {@code 3.10.8}. Kafka's protocol does
   * not carry one: the embedded broker's is read from the bean that it registers, an outside one
   * answers with the release of its finalised metadata level, for example {@code 4.4-IV2}.
   */
  String version();

  /**
   * Where clients connect: bootstrap servers (Kafka), a {@code redis://} or {@code amqp://} URI, a
   * JDBC URL. Holds the password if the environment's value does: for clients, not for logs.
   */
  String address();

  /**
   * Where the broker came from: {@code embedded}, {@code installed}, {@code private node}, {@code
   * docker} and its image, for example {@code docker redis:7-alpine}, or the environment variable
   * that named it, for example {@code COMMS_RABBIT_URI}.
   */
  String origin();

  /** Ends the broker if it was started here; idempotent, bounded in time, throws nothing. */
  @Override
  void close();
}
