package dev.comms.kafka;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.CommsException.Unroutable;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Kafka's failures as ours, with what they mean for whoever asked. */
final class Failures {
  private Failures() {}

  /**
   * Why a publish failed.
   *
   * @param sent whether the record had been taken by the producer: then nobody can recall it
   */
  static CommsException publish(String contract, String id, boolean sent, Throwable failure) {
    Throwable root = root(failure);
    if (root instanceof CommsException ours) {
      return ours;
    }
    CommsException refused = refused(id, root, Facts.of(contract).effect(Effect.NONE).cause(root));
    if (refused != null) {
      return refused;
    }
    Facts facts = Facts.of(contract).fault(Fault.NETWORK).cause(root);
    if (!sent || root instanceof NotEnoughReplicasException) {
      return new Unavailable(
          facts
              .effect(Effect.NONE)
              .message("event " + id + " was not stored: " + said(root) + "; look at the brokers"));
    }
    return new UnknownOutcome(
        id,
        facts.message(
            "event "
                + id
                + " may be stored or not: "
                + said(root)
                + "; publish it again under the same id"));
  }

  /** Whether the producer gave up waiting for a topic's metadata, when it refused a record. */
  static boolean isTopicUnknown(Throwable failure) {
    Throwable root = root(failure);
    return root instanceof TimeoutException && !(root instanceof BufferExhaustedException);
  }

  /** What a broker or the producer certainly did not take, or null. */
  private static @Nullable CommsException refused(String id, Throwable root, Facts none) {
    if (root instanceof RecordTooLargeException) {
      String fix =
          "publish a reference instead, or raise max.message.bytes of the topic and max.request.size";
      return new Rejected(
          Code.INVALID_ARGUMENT,
          none.fault(Fault.CALLER)
              .message("event " + id + " is too large (" + said(root) + "); " + fix));
    }
    if (root instanceof UnknownTopicOrPartitionException || root instanceof InvalidTopicException) {
      return new Unroutable(
          none.fault(Fault.LOCAL).message(said(root) + "; create the topic of this event"));
    }
    if (root instanceof AuthorizationException) {
      return new Rejected(
          Code.PERMISSION_DENIED,
          none.fault(Fault.LOCAL)
              .message(said(root) + "; grant WRITE on the topic to this service's principal"));
    }
    if (root instanceof AuthenticationException || root instanceof ConfigException) {
      return new Misconfigured(
          none.fault(Fault.LOCAL).message(said(root) + "; correct the security properties"));
    }
    return root instanceof ThrottlingQuotaExceededException
        ? new Overloaded(none.fault(Fault.OVERLOAD).message(said(root)))
        : null;
  }

  /** Why the brokers could not be asked: no answer, or no permission to ask. */
  static CommsException admin(String part, String servers, Throwable failure) {
    Throwable root = root(failure);
    Facts none = Facts.of(part).effect(Effect.NONE).cause(root);
    if (root instanceof CommsException ours) {
      return ours;
    }
    if (root instanceof AuthenticationException
        || root instanceof AuthorizationException
        || root instanceof PolicyViolationException
        || root instanceof InvalidTopicException) {
      return new Misconfigured(
          none.fault(Fault.LOCAL)
              .message(
                  said(root)
                      + " at "
                      + servers
                      + "; correct the security properties or the rights of"
                      + " this service's principal"));
    }
    return new Unavailable(
        none.fault(Fault.NETWORK)
            .message(
                "no Kafka broker answers at "
                    + servers
                    + " ("
                    + said(root)
                    + "); start one there, or correct the bootstrap servers and the security"
                    + " properties"));
  }

  static Throwable root(Throwable failure) {
    Throwable root = failure;
    while ((root instanceof CompletionException || root instanceof ExecutionException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** One line of what a failure says; of a constructor's failure, what lies beneath it. */
  static String said(Throwable failure) {
    Throwable told = failure;
    while (told.getMessage() != null
        && (told.getMessage().startsWith("Failed to ")
            || told.getMessage().startsWith("User rebalance callback"))
        && told.getCause() != null) {
      told = told.getCause();
    }
    String message = told.getMessage();
    String name = told.getClass().getSimpleName();
    return message == null ? name : name + ": " + message.replaceAll("\\s+", " ").strip();
  }
}
