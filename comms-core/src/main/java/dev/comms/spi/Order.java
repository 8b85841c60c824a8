package dev.comms.spi;

import dev.comms.contract.Priority;
import java.time.Duration;

/**
 * How a task is to be queued.
 *
 * @param after how long it must not be delivered; zero for now
 * @param priority before which others it goes; other than NORMAL only on a transport with {@link
 *     Ability#PRIORITIES}
 */
public record Order(Duration after, Priority priority) {
  /** To be delivered as soon as may be. */
  public static final Order NOW = new Order(Duration.ZERO);

  /** Of normal priority. */
  public Order(Duration after) {
    this(after, Priority.NORMAL);
  }
}
