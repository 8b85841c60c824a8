package dev.comms;

import dev.comms.contract.CommsException;
import java.util.Map;

/**
 * What an operator may change while a service runs; everything that was changed is logged and
 * counted. Safe for use by many threads.
 *
 * <p>Keys and values are those of {@link Comms.Builder#settings(Map)}.
 */
public interface Controls {

  /** The same controls, whose changes are logged as made by this person or program. */
  Controls by(String who);

  /**
   * Overrides one setting from now on, until it is cleared or the service ends; what is under way
   * ends as it began. A handler's concurrency can be set to at most what its transport was asked to
   * deliver at the start: for more, set it before the start.
   *
   * @throws CommsException.Misconfigured if there is no such setting, contract, handler or
   *     destination in this service, or the value is out of its bounds
   */
  void set(String key, String value);

  /**
   * Removes an override, also one that was made before the start: what the contract, the handler
   * and the policies declare is in force again.
   *
   * @throws CommsException.Misconfigured if nothing is overridden under this key
   */
  void clear(String key);

  /** All overrides in force, by key. */
  Map<String, String> effective();
}
