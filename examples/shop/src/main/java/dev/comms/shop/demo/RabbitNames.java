package dev.comms.shop.demo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What comms calls its queues and exchanges, as an operator's tools show them; AMQP itself cannot
 * list them.
 *
 * @param namespace what all of them begin with
 */
record RabbitNames(String namespace) {
  private static final int DELAY_LEVELS = 16;
  private static final int MILLIS = 3_000;

  /** Where a task waits to be worked on. */
  String workQueue(String task) {
    return namespace + ":" + task.replace('.', ':') + ":v1";
  }

  /**
   * Deletes the queues of these tasks and all that every namespace has; what is not there is no
   * failure.
   */
  void delete(String uri, List<String> tasks) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setConnectionTimeout(MILLIS);
    factory.setChannelRpcTimeout(MILLIS);
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection("comms-demo-leftovers");
        Channel channel = connection.createChannel()) {
      for (String exchange : exchanges()) {
        channel.exchangeDelete(exchange);
      }
      for (String queue : queues(tasks)) {
        channel.queueDelete(queue);
      }
    }
  }

  private Set<String> exchanges() {
    Set<String> names = new TreeSet<>(List.of(own("tasks"), own("dead"), own("deliver")));
    names.addAll(both());
    return names;
  }

  private Set<String> queues(List<String> tasks) {
    Set<String> names = new TreeSet<>(both());
    for (String task : tasks) {
      names.add(workQueue(task));
      names.add(workQueue(task) + ":dlq");
    }
    return names;
  }

  /** A queue and an exchange each. */
  private List<String> both() {
    List<String> names = new ArrayList<>(List.of(own("unrouted")));
    for (int level = 0; level < DELAY_LEVELS; level++) {
      names.add(own("delay:" + level));
    }
    return names;
  }

  private String own(String name) {
    return namespace + ":" + name;
  }
}
