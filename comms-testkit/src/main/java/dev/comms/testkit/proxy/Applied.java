package dev.comms.testkit.proxy;

/** One fault in force in one proxy. Thread-safe. */
public final class Applied implements AutoCloseable {
  private final FaultProxy proxy;
  private final NetworkFault fault;
  private final long number;

  Applied(FaultProxy proxy, NetworkFault fault, long number) {
    this.proxy = proxy;
    this.fault = fault;
    this.number = number;
  }

  /** What it is. */
  public NetworkFault fault() {
    return fault;
  }

  /** How many faults this proxy had before it: part of what its random numbers grow from. */
  long number() {
    return number;
  }

  /**
   * Takes this one fault away; the others stay. It has no effect any more when this returns, also
   * on bytes that were waiting in it. Does nothing if it is gone already.
   *
   * @throws java.io.UncheckedIOException if it is the last {@link NetworkFault#refuse()} and
   *     another program has taken the port meanwhile
   */
  @Override
  public void close() {
    proxy.take(this);
  }

  @Override
  public String toString() {
    return fault.toString();
  }
}
