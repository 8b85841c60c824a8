package dev.comms.testkit.brokers;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A RabbitMQ that {@code COMMS_RABBIT_URI} names. */
final class OutsideRabbit implements RabbitBroker {

  private static final String VARIABLE = "COMMS_RABBIT_URI";

  private final String value;
  private final String version;

  private OutsideRabbit(String value, String version) {
    this.value = value;
    this.version = version;
  }

  static RabbitBroker reach(String value) {
    Outside named = new Outside("rabbitmq", VARIABLE, value);
    URI uri = Hosts.parse(value, "amqp", "amqps");
    if (uri == null) {
      throw named.malformed("a URI such as amqp://user:password@host:5672/vhost");
    }
    return new OutsideRabbit(value.strip(), named.await(() -> AmqpGreeting.version(uri)));
  }

  @Override
  public String kind() {
    return "rabbitmq";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String address() {
    return value;
  }

  @Override
  public String origin() {
    return VARIABLE;
  }

  @Override
  public String ctl(String... arguments) {
    throw new IllegalStateException(
        "rabbitmqctl "
            + String.join(" ", arguments)
            + ": "
            + Secrets.hide(value)
            + " is not a node of ours: run it there, or unset "
            + VARIABLE
            + " to have a private node started");
  }

  @Override
  public String ctlCommand(String... arguments) {
    List<String> words = new ArrayList<>(List.of("rabbitmqctl"));
    words.addAll(List.of(arguments));
    String path = URI.create(value).getPath();
    if (path != null && path.length() > 1) {
      words.add(2, path.substring(1));
      words.add(2, "-p");
    }
    return Shell.line(words);
  }

  @Override
  public void close() {
    // not ours to end
  }

  @Override
  public String toString() {
    return Running.text(this);
  }
}
