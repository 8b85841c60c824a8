package dev.comms.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.policy.Actions.Health;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The table, row by row: kind, effect, fault; retried if idempotent, if not; health. */
class ActionsTest {
  private record Row(
      Kind kind, Effect effect, Fault fault, boolean idempotent, boolean not, Health health) {}

  static final List<Row> ROWS =
      Stream.of(
              // never sent
              row(Kind.UNAVAILABLE, Effect.NONE, Fault.NETWORK, true, true, Health.FAILURE),
              // sent, and then the way broke
              row(Kind.UNAVAILABLE, Effect.POSSIBLE, Fault.REMOTE, true, false, Health.FAILURE),
              // the other side sheds: not processed, or perhaps processed
              row(Kind.OVERLOADED, Effect.NONE, Fault.OVERLOAD, true, true, Health.IGNORE),
              row(Kind.OVERLOADED, Effect.POSSIBLE, Fault.OVERLOAD, true, false, Health.IGNORE),
              // our own limits
              row(Kind.OVERLOADED, Effect.NONE, Fault.LOCAL, false, false, Health.IGNORE),
              row(Kind.CIRCUIT_OPEN, Effect.NONE, Fault.LOCAL, false, false, Health.IGNORE),
              // an attempt outlived its limit, total left
              row(
                  Kind.DEADLINE_EXCEEDED,
                  Effect.POSSIBLE,
                  Fault.REMOTE,
                  true,
                  false,
                  Health.FAILURE),
              row(Kind.DEADLINE_EXCEEDED, Effect.NONE, Fault.REMOTE, true, true, Health.FAILURE),
              // the whole is spent
              row(
                  Kind.DEADLINE_EXCEEDED,
                  Effect.POSSIBLE,
                  Fault.CALLER,
                  false,
                  false,
                  Health.IGNORE),
              row(Kind.DEADLINE_EXCEEDED, Effect.NONE, Fault.CALLER, false, false, Health.IGNORE),
              // it broke while it worked on this
              row(Kind.FAILED, Effect.POSSIBLE, Fault.REMOTE, false, false, Health.FAILURE),
              row(Kind.FAILED, Effect.NONE, Fault.REMOTE, false, false, Health.FAILURE),
              // no confirm came
              row(
                  Kind.UNKNOWN_OUTCOME,
                  Effect.POSSIBLE,
                  Fault.REMOTE,
                  false,
                  false,
                  Health.FAILURE),
              // it answered
              row(Kind.REJECTED, Effect.NONE, Fault.CALLER, false, false, Health.SUCCESS),
              // not its doing
              row(Kind.CANCELLED, Effect.POSSIBLE, Fault.CALLER, false, false, Health.IGNORE),
              row(Kind.MALFORMED, Effect.NONE, Fault.CALLER, false, false, Health.IGNORE),
              row(Kind.UNROUTABLE, Effect.NONE, Fault.REMOTE, false, false, Health.IGNORE),
              row(Kind.MISCONFIGURED, Effect.NONE, Fault.LOCAL, false, false, Health.IGNORE))
          .toList();

  private static Row row(
      Kind kind, Effect effect, Fault fault, boolean idempotent, boolean not, Health health) {
    return new Row(kind, effect, fault, idempotent, not, health);
  }

  @ParameterizedTest
  @FieldSource("ROWS")
  void eachRowHolds(Object shown) {
    Row row = (Row) shown;
    CommsException failure =
        failure(row.kind, Facts.of("test").effect(row.effect).fault(row.fault));
    assertThat(Actions.retryable(failure, true)).as("idempotent").isEqualTo(row.idempotent);
    assertThat(Actions.retryable(failure, false)).as("not idempotent").isEqualTo(row.not);
    assertThat(Actions.health(failure, false)).isEqualTo(row.health);
  }

  @Test
  void silenceForAWholeNormalLimitIsAFailureEvenIfTheCallersTimeIsSpent() {
    CommsException late = failure(Kind.DEADLINE_EXCEEDED, Facts.of("test").fault(Fault.CALLER));
    assertThat(Actions.health(late, true)).isEqualTo(Health.FAILURE);
    assertThat(Actions.health(late, false)).isEqualTo(Health.IGNORE);
  }

  @Test
  void noKindIsWithoutARow() {
    Set<Kind> kinds = ROWS.stream().map(Row::kind).collect(Collectors.toSet());
    assertThat(kinds).isEqualTo(EnumSet.allOf(Kind.class));
  }

  private static CommsException failure(Kind kind, Facts facts) {
    return switch (kind) {
      case DEADLINE_EXCEEDED -> new CommsException.DeadlineExceeded(facts);
      case UNAVAILABLE -> new CommsException.Unavailable(facts);
      case OVERLOADED -> new CommsException.Overloaded(facts);
      case CIRCUIT_OPEN -> new CommsException.CircuitOpen(facts);
      case REJECTED -> new CommsException.Rejected(Code.NOT_FOUND, facts);
      case FAILED -> new CommsException.Failed(facts);
      case CANCELLED -> new CommsException.Cancelled(facts);
      case MALFORMED -> new CommsException.Malformed(facts);
      case UNROUTABLE -> new CommsException.Unroutable(facts);
      case UNKNOWN_OUTCOME -> new CommsException.UnknownOutcome("id", facts);
      case MISCONFIGURED -> new CommsException.Misconfigured(facts);
    };
  }
}
