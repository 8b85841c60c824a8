package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.DeadlineExceeded;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What Redis and its client fail with, as what happened. */
final class Failures {
  /** What the client says when it did not even write, with commands rejected while disconnected. */
  private static final String REJECTED = "Currently not connected";

  private static final String QUEUE_FULL = "Request queue size exceeded";

  private Failures() {}

  static Throwable root(Throwable failure) {
    Throwable root = failure;
    while ((root instanceof CompletionException || root instanceof ExecutionException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Of a command whose effect does not matter to a sender: reads, settlements, declarations. */
  static CommsException of(String contract, Throwable failure) {
    Throwable root = root(failure);
    if (root instanceof CommsException ours) {
      return ours;
    }
    if (root instanceof RedisCommandExecutionException answer) {
      return answered(contract, answer);
    }
    boolean sent = !neverSent(root);
    return new Unavailable(
        Facts.of(contract)
            .effect(sent ? Effect.POSSIBLE : Effect.NONE)
            .fault(Fault.NETWORK)
            .message(
                sent
                    ? "the connection to redis broke, or it did not answer in time"
                    : "redis is not connected; look at the server and the network")
            .cause(root));
  }

  /** Of a submission or publication: what was sent and not answered may be stored. */
  static CommsException sending(String contract, String id, Throwable failure) {
    Throwable root = root(failure);
    if (root instanceof RedisCommandExecutionException
        || root instanceof CommsException
        || neverSent(root)) {
      return of(contract, root);
    }
    return new UnknownOutcome(
        id,
        Facts.of(contract)
            .fault(Fault.NETWORK)
            .message(
                "sent to redis, and the connection broke before it confirmed "
                    + id
                    + "; it may be stored or not")
            .cause(root));
  }

  static CommsException unconfirmed(String contract, String id) {
    return new UnknownOutcome(
        id,
        Facts.of(contract)
            .fault(Fault.NETWORK)
            .message(
                "sent to redis, and no confirm of "
                    + id
                    + " came in time; it may be stored or not"));
  }

  static CommsException closed(String contract, String id) {
    return new UnknownOutcome(
        id,
        Facts.of(contract)
            .fault(Fault.LOCAL)
            .message(
                "sent to redis, and this transport was closed before it confirmed "
                    + id
                    + "; it may be stored or not; drain before closing"));
  }

  static CommsException tooLate(String contract) {
    return new DeadlineExceeded(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.CALLER)
            .message("the deadline had passed before anything was sent"));
  }

  static CommsException notSent(String contract, String why) {
    return new Unavailable(
        Facts.of(contract).effect(Effect.NONE).fault(Fault.NETWORK).message(why));
  }

  static CommsException full(String contract, int most) {
    return new Overloaded(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.OVERLOAD)
            .message(
                most
                    + " messages wait for the confirm of redis, which is the bound in-flight;"
                    + " send slower or raise it"));
  }

  /** Whether the group is gone, as after FLUSHALL or a failover to an empty replica. */
  static boolean groupIsGone(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      // Inside a script, Redis 6.2 wraps the error's code in a text of its own.
      if (cause instanceof RedisCommandExecutionException
          && (text.contains("NOGROUP") || text.startsWith("UNBLOCKED"))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the server itself said no. */
  static boolean answered(Throwable failure) {
    return root(failure) instanceof RedisCommandExecutionException;
  }

  /** Whether another try may help without anything being repaired by hand. */
  static boolean passes(Throwable failure) {
    CommsException ours = of("", failure);
    return ours instanceof Unavailable || ours instanceof Overloaded;
  }

  private static boolean neverSent(Throwable root) {
    String text = String.valueOf(root.getMessage());
    return root instanceof RedisConnectionException
        || (root instanceof RedisException
            && (text.startsWith(REJECTED) || text.startsWith(QUEUE_FULL)));
  }

  /** An answer of the server is a no: nothing was stored. */
  private static CommsException answered(String contract, RedisCommandExecutionException answer) {
    String text = String.valueOf(answer.getMessage());
    Facts facts = Facts.of(contract).effect(Effect.NONE).cause(answer);
    if (text.contains("OOM command not allowed")) {
      return new Overloaded(
          facts.fault(Fault.OVERLOAD).message("redis has reached maxmemory; give it more memory"));
    }
    for (String passing :
        new String[] {"LOADING", "READONLY", "MISCONF", "MASTERDOWN", "BUSY ", "NOREPLICAS"}) {
      if (text.startsWith(passing) || text.contains("-" + passing)) {
        return new Unavailable(facts.fault(Fault.REMOTE).message("redis refused: " + text));
      }
    }
    return new Misconfigured(
        facts.fault(Fault.LOCAL).message("redis refused: " + text + "; mind its ACL and its keys"));
  }
}
