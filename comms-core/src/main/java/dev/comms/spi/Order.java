package dev.comms.spi;

import java.time.Duration;

/**
 * How a task is to be queued.
 *
 * @param after how long it must not be delivered; zero for now
 */
public record Order(Duration after) {
  /** To be delivered as soon as may be. */
  public static final Order NOW = new Order(Duration.ZERO);
}
