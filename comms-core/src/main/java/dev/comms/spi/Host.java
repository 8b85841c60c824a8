package dev.comms.spi;

import dev.comms.contract.Time;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Executor;

/**
 * What a transport may use of the service it is attached to.
 *
 * @param service the service's name
 * @param meters where to count
 * @param time the only clock
 * @param callbacks a bounded pool for completing futures, never a broker's I/O thread; it never
 *     rejects before the service is closed
 */
public record Host(String service, MeterRegistry meters, Time time, Executor callbacks) {

  /**
   * Where to call back what this thread begins now: the thread itself if it waits for that in a
   * blocking verb, which saves it a second wake-up; else {@link #callbacks}. To be asked once, when
   * the message comes; the same rules hold for what runs there.
   */
  public Executor callbacksHere() {
    return Time.callbacksHere(callbacks);
  }
}
