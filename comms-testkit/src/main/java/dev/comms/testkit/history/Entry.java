package dev.comms.testkit.history;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history.
 *
 * @param seq its number in the file of its process, from 1, without gaps
 * @param nanos the monotonic time of its process; comparable only within one process
 * @param process the process that wrote it
 * @param op what was done
 * @param type whether it begins, or how it ended
 * @param channel the contract's name; empty where there is none
 * @param id the message's id; empty where there is none
 * @param facts what else is known, by the names of {@link Facts}
 */
record Entry(
    long seq,
    long nanos,
    String process,
    Op op,
    Type type,
    String channel,
    String id,
    Map<String, String> facts) {

  /** The names of the facts. */
  static final class Facts {
    static final String KEY = "key";
    static final String HASH = "hash";
    static final String ANSWER = "answer";
    static final String ATTEMPT = "attempt";
    static final String ATTEMPTS = "attempts";
    static final String DEADLINE = "deadline";
    static final String AFTER = "after";
    static final String EXPIRES = "expires";
    static final String NOW = "now";
    static final String DELIVERY = "delivery";
    static final String REDRIVE = "redrive";
    static final String HOW = "how";
    static final String WHY = "why";
    static final String GROUP = "group";
    static final String PARTITION = "partition";
    static final String OFFSET = "offset";
    static final String COUNT = "count";
    static final String KIND = "kind";
    static final String ONCE = "once";
    static final String REPEATABLE = "repeatable";
    static final String FORMAT = "format";

    /** The kind of a fault that ended a process. */
    static final String DIED = "died";

    private Facts() {}
  }

  /** What was done. */
  enum Op {
    /** A process began to write. */
    BEGIN,
    /** What a contract declares, or that a group reads it from the earliest event. */
    DECLARE,
    CALL,
    SUBMIT,
    PUBLISH,
    /** A broker handed a message over. */
    DELIVER,
    /** A delivery was settled. */
    SETTLE,
    /** A handler ran. */
    RUN,
    /** A group's position was seen. */
    COMMIT,
    /** A dead letter was found at the end. */
    DEAD,
    /** How many messages the broker still had at the end. */
    LEFT,
    /** Something was broken on purpose. */
    FAULT,
    /** All that could be handled was given the time for it. */
    DRAINED,
    /** A process has written all that it had to. */
    END
  }

  /** Whether something begins, or how it ended. */
  enum Type {
    INVOKE,
    OK,
    /** It certainly did not happen. */
    FAIL,
    /** It may have happened. */
    INFO
  }

  Entry {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(op, "op");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(id, "id");
    facts = Map.copyOf(facts);
  }

  @Nullable String fact(String name) {
    return facts.get(name);
  }

  String fact(String name, String otherwise) {
    return facts.getOrDefault(name, otherwise);
  }

  /** A number; what is absent or no number is the other. */
  long number(String name, long otherwise) {
    String text = facts.get(name);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException none) {
      return otherwise;
    }
  }

  boolean is(Op what, Type how) {
    return op == what && type == how;
  }

  /** Where it stands, for people. */
  String place() {
    return process + " line " + seq;
  }
}
