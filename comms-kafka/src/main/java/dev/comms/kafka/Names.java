package dev.comms.kafka;

import dev.comms.contract.CommsException.Misconfigured;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What contracts and groups are called in Kafka. Thread-safe. */
final class Names {
  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  private final String prefix;

  /** One entry per declared event, so it is as bounded as the program's text. */
  private final Map<String, String> contracts = new ConcurrentHashMap<>();

  Names(String prefix) {
    this.prefix = prefix;
  }

  /**
   * The topic of an event: its name, with a dot for each slash, which topics may not have.
   *
   * @throws Misconfigured if the name is too long, or another event has this topic already
   */
  String topic(String contract) {
    String topic = prefix + contract.replace('/', '.');
    if (!LEGAL.matcher(topic).matches()) {
      throw new Misconfigured(
          contract, "topic " + topic + " is no legal topic name: at most 249 of [a-zA-Z0-9._-]");
    }
    String owner = contracts.putIfAbsent(topic, contract);
    if (owner != null && !owner.equals(contract)) {
      throw new Misconfigured(
          contract, "topic " + topic + " is that of event " + owner + "; rename one of the two");
    }
    return topic;
  }

  /** The group's id, apart from those of others with another prefix. */
  String group(String name) {
    String group = prefix + name;
    if (!LEGAL.matcher(group).matches()) {
      throw new Misconfigured(
          "kafka",
          "group '"
              + name
              + "' must be 1 to 249 of [a-zA-Z0-9._-], since its dead letters' topic bears its name");
    }
    return group;
  }

  /** Where the events end that a group could not handle. */
  String deadLetters(String topic, String group) {
    String name = topic + "." + group + ".dead";
    if (!LEGAL.matcher(name).matches()) {
      throw new Misconfigured(
          "kafka",
          "topic " + name + " is longer than 249; shorten the event's or the group's name");
    }
    return name;
  }
}
