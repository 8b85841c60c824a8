package dev.comms.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the broker or its client says, as our failures. Messages hold no user and no password. */
final class Failures {
  private Failures() {}

  /** No connection could be made. */
  static CommsException connecting(RabbitConfig config, Throwable failure) {
    String where = "rabbitmq " + config.address();
    if (failure instanceof AuthenticationFailureException
        || failure instanceof PossibleAuthenticationFailureException) {
      return new CommsException.Misconfigured(
          where,
          "the broker refused the user or its password, or the virtual host '"
              + config.virtualHost()
              + "'; correct the URI "
              + config.shownUri());
    }
    ShutdownSignalException shutdown = shutdown(failure);
    if (shutdown != null
        && (code(shutdown) == AMQP.NOT_ALLOWED || code(shutdown) == AMQP.ACCESS_REFUSED)) {
      return new CommsException.Misconfigured(
          where,
          "the broker refused the virtual host '"
              + config.virtualHost()
              + "'; create it, grant access to it, or correct the URI "
              + config.shownUri());
    }
    return unavailable(where, "cannot connect (" + said(failure) + "); is it running?", failure);
  }

  /** A declaration that was refused, or broke. */
  static CommsException declaring(String what, Throwable failure) {
    ShutdownSignalException shutdown = shutdown(failure);
    if (shutdown == null || shutdown.isHardError()) {
      return unavailable(what, "declaring it broke (" + said(failure) + ")", failure);
    }
    return switch (code(shutdown)) {
      case AMQP.PRECONDITION_FAILED ->
          new CommsException.Misconfigured(
              what,
              "it exists with other arguments ("
                  + said(failure)
                  + "); delete it when it is empty, or use another namespace");
      case AMQP.ACCESS_REFUSED ->
          new CommsException.Misconfigured(
              what, "the broker's user may not declare it; grant it configure, write and read");
      default -> unavailable(what, "the broker refused it (" + said(failure) + ")", failure);
    };
  }

  /** Something on a channel broke; nothing was stored by it. */
  static CommsException channel(String contract, Throwable failure) {
    if (failure instanceof CommsException ours) {
      return ours;
    }
    return unavailable(contract, "the channel broke (" + said(failure) + ")", failure);
  }

  static CommsException unavailable(
      String contract, String message, @Nullable Throwable underneath) {
    return new CommsException.Unavailable(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.NETWORK)
            .message(message)
            .cause(underneath));
  }

  static CommsException tooLate(String contract) {
    return new CommsException.DeadlineExceeded(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.CALLER)
            .message("the deadline had passed before it was sent; give it more time"));
  }

  static CommsException malformed(String contract, String message, @Nullable Throwable underneath) {
    return new CommsException.Malformed(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.CALLER)
            .message(message)
            .cause(underneath));
  }

  static CommsException overloaded(String contract, String message) {
    return new CommsException.Overloaded(
        Facts.of(contract).effect(Effect.NONE).fault(Fault.OVERLOAD).message(message));
  }

  /** The client answers null, not an exception, when it has no channel number left. */
  static Channel open(Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("the connection has no channel left");
    }
    return channel;
  }

  /** Whether the broker said that there is no such thing. */
  static boolean isMissing(Throwable failure) {
    ShutdownSignalException shutdown = shutdown(failure);
    return shutdown != null && !shutdown.isHardError() && code(shutdown) == AMQP.NOT_FOUND;
  }

  /** What was said, in one line. */
  static String said(Throwable failure) {
    ShutdownSignalException shutdown = shutdown(failure);
    if (shutdown != null && shutdown.getReason() instanceof AMQP.Channel.Close close) {
      return close.getReplyText();
    }
    if (shutdown != null && shutdown.getReason() instanceof AMQP.Connection.Close close) {
      return close.getReplyText();
    }
    if (failure instanceof UnknownHostException) {
      return "unknown host";
    }
    if (failure instanceof TimeoutException) {
      return "no answer in time";
    }
    if (failure instanceof SSLException) {
      return "TLS: " + failure.getMessage();
    }
    Throwable root = failure;
    while (root.getMessage() == null && root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  private static int code(ShutdownSignalException shutdown) {
    if (shutdown.getReason() instanceof AMQP.Channel.Close close) {
      return close.getReplyCode();
    }
    return shutdown.getReason() instanceof AMQP.Connection.Close close ? close.getReplyCode() : 0;
  }

  private static @Nullable ShutdownSignalException shutdown(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException found) {
        return found;
      }
    }
    return null;
  }
}
