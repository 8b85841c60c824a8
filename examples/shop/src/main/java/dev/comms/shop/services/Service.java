package dev.comms.shop.services;

import dev.comms.Comms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;

/** One service of the shop. */
public interface Service extends AutoCloseable {
  /**
   * How long a service that is told to end lets its handlers go on. Short, since whoever pressed
   * Ctrl-C waits for it, and what is not done by then is delivered again.
   */
  Duration DRAIN = Duration.ofSeconds(2);

  /** The beginning of every service: its name, meters of its own, and {@link #DRAIN}. */
  static Comms comms(String name) {
    return Comms.service(name, new SimpleMeterRegistry()).drainWithin(DRAIN).build();
  }

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
