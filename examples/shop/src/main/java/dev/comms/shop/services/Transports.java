package dev.comms.shop.services;

import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.EventTransport;
import dev.comms.spi.TaskTransport;

/**
 * The ways between the services. Every method makes a new transport, not yet attached, for the one
 * service that asks; that service's Comms closes it.
 */
public interface Transports {

  /** A server on a free port. */
  CallServer server();

  /** Calls to the service that listens at this address (host:port). */
  CallTransport callsTo(String address);

  /** Tasks: RabbitMQ, or Redis Streams where there is no RabbitMQ. */
  TaskTransport tasks();

  /** The users' activity: Kafka. */
  EventTransport activity();

  /** The orders' status, for people who watch: Redis Streams. */
  EventTransport status();
}
