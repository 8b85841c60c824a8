package dev.comms.contract;

import java.time.Duration;
import java.util.List;

/**
 * One conversation between services, declared once as a constant and used by both sides.
 *
 * <p>A contract exists only with its limit: the factories are staged, so a contract without one
 * does not compile. Contracts are immutable and safe to share between threads.
 */
public sealed interface Contract permits Call, StreamCall, Task, Event {

  /**
   * The stable name on the wire: 1 to 200 of {@code [a-zA-Z0-9_./-]}, beginning with a letter. It
   * is never a class name, so that classes may be renamed.
   */
  String name();

  /** The limit that this contract names; what it limits is said by each kind of contract. */
  Duration limit();

  /**
   * Names that it had before; whoever receives understands them too, whoever sends uses {@link
   * #name()}.
   */
  default List<String> aliases() {
    return List.of();
  }

  /** Whether doing it twice has the effect of doing it once. */
  boolean idempotent();
}
