package dev.comms.testkit.kit;

import dev.comms.spi.TaskTransport;

/**
 * The definition of a task transport: each case is one promise. A transport's tests extend this
 * class; a behaviour that is not in here is not promised. The time of a task survives to the
 * second, an expiry to the millisecond; all else survives untouched.
 */
public abstract class TaskConformance extends TaskServiceCases {

  /**
   * A new unattached transport in that namespace (lower-case letters and digits, a new one for each
   * case): transports of the same namespace see the same queues, others see nothing of them. The
   * kit attaches and closes it.
   */
  @Override
  protected abstract TaskTransport transport(String space);
}
