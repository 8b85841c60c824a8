package dev.comms.testkit.proxy;

/** Which way bytes go through a {@link FaultProxy}, named after who receives them. */
public enum Direction {
  /** From the client, which connected to the proxy, to the server behind it. */
  SERVER,
  /** From the server back to the client. */
  CLIENT
}
