package dev.comms.redis;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.util.concurrent.CompletableFuture;

/**
 * Contracts to the names of keys. All keys of one contract carry one hash tag, so that scripts may
 * touch them together on every kind of server.
 */
record Topology(String namespace) {
  /** The one group of a task's stream: its members compete. */
  static final String WORKERS = "workers";

  /** The one consumer of an event's group: who it is, the lease says. */
  static final String READER = "reader";

  /**
   * @param work what is to be done now
   * @param delayed due time in ms to token
   * @param payloads token to what is delayed
   * @param dead what failed for good
   */
  record TaskKeys(String work, String delayed, String payloads, String dead) {}

  /**
   * @param log every event, for all groups
   * @param redriven what this group gets once more from its dead letters
   * @param dead what failed for good in this group
   * @param lease who reads for this group, until when
   * @param fence counts the leases of this group
   */
  record EventKeys(String log, String redriven, String dead, String lease, String fence) {}

  TaskKeys task(String name) {
    String tag = "{" + namespace + ":task:" + name + "}";
    return new TaskKeys(tag + ":work", tag + ":delayed", tag + ":payloads", tag + ":dead");
  }

  String log(String event) {
    return "{" + namespace + ":event:" + event + "}:log";
  }

  EventKeys event(String name, String group) {
    String tag = "{" + namespace + ":event:" + name + "}";
    return new EventKeys(
        tag + ":log",
        tag + ":redriven:" + group,
        tag + ":dead:" + group,
        tag + ":lease:" + group,
        tag + ":fence:" + group);
  }

  /** Makes the group, and the stream with it, unless it exists. */
  static CompletableFuture<Void> declare(
      Session session, String stream, String group, String startsAt) {
    return session
        .commands()
        .xgroupCreate(
            StreamOffset.from(stream, startsAt), group, XGroupCreateArgs.Builder.mkstream())
        .toCompletableFuture()
        .handle(
            (made, failure) -> {
              if (failure != null && !(Failures.root(failure) instanceof RedisBusyException)) {
                throw Failures.of(stream, failure);
              }
              return null;
            });
  }
}
