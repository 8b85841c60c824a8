package dev.comms.testkit.brokers;

/** A broker that answers: the facts about it, and how to end it. */
record Running(String kind, String version, String address, String origin, Runnable stop)
    implements Broker {

  @Override
  public void close() {
    stop.run();
  }

  @Override
  public String toString() {
    return text(this);
  }

  static String text(Broker broker) {
    return broker.kind()
        + " "
        + broker.version()
        + " at "
        + Secrets.hide(broker.address())
        + " ("
        + broker.origin()
        + ")";
  }
}
