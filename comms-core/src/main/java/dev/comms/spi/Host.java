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
public record Host(String service, MeterRegistry meters, Time time, Executor callbacks) {}
