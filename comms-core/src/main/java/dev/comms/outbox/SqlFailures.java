package dev.comms.outbox;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.sql.SQLException;

/** What a database fails with, as what happened. */
final class SqlFailures {
  private SqlFailures() {}

  /** No connection was had, so nothing was asked. */
  static CommsException unreachable(SQLException failure) {
    return denied(failure)
        ? misconfigured(failure)
        : new CommsException.Unavailable(
            facts(failure)
                .effect(Effect.NONE)
                .message(
                    "no connection to the database: "
                        + failure.getMessage()
                        + "; look at it, and at the size of its pool"));
  }

  static CommsException of(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    if (denied(failure) || state.startsWith("42")) {
      return misconfigured(failure);
    }
    return new CommsException.Unavailable(
        facts(failure)
            .effect(Effect.POSSIBLE)
            .message("the database failed: " + failure.getMessage() + "; look at it"));
  }

  private static boolean denied(SQLException failure) {
    return String.valueOf(failure.getSQLState()).startsWith("28");
  }

  private static CommsException misconfigured(SQLException failure) {
    return new CommsException.Misconfigured(
        facts(failure)
            .effect(Effect.NONE)
            .fault(Fault.LOCAL)
            .message(
                "the database refused: "
                    + failure.getMessage()
                    + "; mind its user, its schema and its rights"));
  }

  private static Facts facts(SQLException failure) {
    return Facts.of("store").fault(Fault.REMOTE).cause(failure);
  }
}
