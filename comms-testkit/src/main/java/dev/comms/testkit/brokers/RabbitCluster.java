package dev.comms.testkit.brokers;

import java.util.List;

/** RabbitMQ processes that belong together: one node, or a cluster. Thread-safe. */
public interface RabbitCluster extends BrokerNodes {

  @Override
  List<? extends RabbitMember> nodes();
}
