package dev.comms.testkit.kit;

import dev.comms.spi.EventTransport;

/**
 * The definition of an event transport: each case is one promise. A transport's tests extend this
 * class; a behaviour that is not in here is not promised. Topics must be divided (partitions,
 * shards) at least in two, so that members of a group can read at once, unless the transport
 * refuses that.
 */
public abstract class EventConformance extends EventServiceCases {

  /**
   * A new unattached transport in that namespace (lower-case letters and digits, a new one for each
   * case): transports of the same namespace see the same topics and groups, others see nothing of
   * them. The kit attaches and closes it. Where topics must exist beforehand, this method creates
   * those of {@code kit.happened}.
   */
  @Override
  protected abstract EventTransport transport(String space);
}
