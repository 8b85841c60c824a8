package dev.comms.testkit.brokers;

import java.util.ArrayList;
import java.util.List;

/** A RabbitMQ in a container; its command line tool is run inside. */
record DockerRabbit(Broker broker, Containers.Container container) implements RabbitBroker {

  @Override
  public String kind() {
    return broker.kind();
  }

  @Override
  public String version() {
    return broker.version();
  }

  @Override
  public String address() {
    return broker.address();
  }

  @Override
  public String origin() {
    return broker.origin();
  }

  @Override
  public String ctl(String... arguments) {
    // its own limit in seconds: what is run inside a container cannot be given up from here
    return container.exec(words(List.of("rabbitmqctl", "-q", "--timeout", "60"), arguments));
  }

  @Override
  public String ctlCommand(String... arguments) {
    return container.execCommand(words(List.of("rabbitmqctl"), arguments));
  }

  private static List<String> words(List<String> tool, String... arguments) {
    List<String> words = new ArrayList<>(tool);
    words.addAll(List.of(arguments));
    return words;
  }

  @Override
  public void close() {
    broker.close();
  }

  @Override
  public String toString() {
    return Running.text(this);
  }
}
