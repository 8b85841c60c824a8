package dev.comms.testkit.brokers;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Nodes that are started together; it serves when each does and they have found each other. */
class ProcessNodes<N extends ProcessNode> implements BrokerNodes {

  /** Fails as long as the nodes have not found each other. */
  interface Formed {
    void check() throws Exception;
  }

  private final String kind;
  private final String address;
  private final List<N> nodes;
  private final Duration limit;
  private final Formed formed;
  private final Scope scope;
  private volatile String version = "";

  ProcessNodes(
      String kind, String address, List<N> nodes, Duration limit, Formed formed, Scope scope) {
    this.kind = kind;
    this.address = address;
    this.nodes = List.copyOf(nodes);
    this.limit = limit;
    this.formed = formed;
    this.scope = scope;
  }

  static String addresses(List<? extends BrokerNode> nodes) {
    return nodes.stream().map(BrokerNode::address).collect(Collectors.joining(","));
  }

  @Override
  public final String kind() {
    return kind;
  }

  @Override
  public final String version() {
    return version;
  }

  @Override
  public final String address() {
    return address;
  }

  @Override
  public List<N> nodes() {
    return nodes;
  }

  @Override
  public final void start() {
    List<N> launched = nodes.stream().filter(ProcessNode::launch).toList();
    launched.forEach(node -> version = node.awaitReady());
    try {
      Readiness.await(limit, this::allAlive, this::formed);
    } catch (Readiness.NotReady e) {
      String log = nodes.stream().map(ProcessNode::log).collect(Collectors.joining("\n"));
      throw Failures.start(kind, "the set of " + nodes, Secrets.reason(e), log, e);
    }
  }

  private boolean allAlive() {
    return nodes.stream().allMatch(BrokerNode::alive);
  }

  private boolean formed() throws Exception {
    formed.check();
    return true;
  }

  @Override
  public final void close() {
    scope.close();
  }

  @Override
  public final String toString() {
    return kind + " " + version + " " + nodes;
  }
}
