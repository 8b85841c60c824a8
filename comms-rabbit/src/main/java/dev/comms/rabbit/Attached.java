package dev.comms.rabbit;

import dev.comms.spi.Host;
import io.micrometer.core.instrument.Counter;

/** What the parts of an attached transport share. */
record Attached(
    RabbitConfig config,
    Topology topology,
    Host host,
    Session publishing,
    Session consuming,
    Publisher publisher,
    Losses losses) {

  /** Settlements that changed nothing, since the broker had taken the task back. */
  Counter voidSettles(String contract) {
    return Counter.builder("comms.settle.void")
        .description("settlements of what the broker had taken back")
        .tag("messaging.system", RabbitTransport.SYSTEM)
        .tag("contract", contract)
        .register(host.meters());
  }
}
