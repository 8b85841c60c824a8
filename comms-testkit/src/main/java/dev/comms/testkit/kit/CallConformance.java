package dev.comms.testkit.kit;

import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;

/**
 * The definition of a transport for calls: each case is one promise. A transport's tests extend
 * this class; a behaviour that is not in here is not promised.
 */
public abstract class CallConformance extends StreamVerbCases {

  /** A new unattached server; the kit gives it answerers, attaches and closes it. */
  @Override
  protected abstract CallServer server();

  /**
   * A new unattached client of the server that listens at {@link CallServer#address()}; the kit
   * attaches and closes it.
   */
  @Override
  protected abstract CallTransport client(String address);
}
