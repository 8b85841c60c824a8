package dev.comms.bench.pair;

import java.util.List;
import java.util.Locale;

/** Our server for our client and another for the other; what both use counts. */
final class TwoServers implements Place {
  private final String name;
  private final Child ours;
  private final Child other;
  private final String oursAddress;
  private final String otherAddress;

  TwoServers(Serving.Kind kind, String name) {
    this.name = name;
    ours = start(Serving.Kind.COMMS);
    other = start(kind);
    oursAddress = "127.0.0.1:" + ours.answer();
    otherAddress = "127.0.0.1:" + other.answer();
  }

  private static Child start(Serving.Kind kind) {
    return Child.start(Server.class, List.of(), List.of(kind.name().toLowerCase(Locale.ROOT)));
  }

  @Override
  public String address() {
    return oursAddress;
  }

  @Override
  public String otherAddress() {
    return otherAddress;
  }

  @Override
  public Costs costs(boolean ofOurs) {
    return (ofOurs ? ours : other).costs();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void clear() {}

  @Override
  public void close() {
    ours.close();
    other.close();
  }
}
