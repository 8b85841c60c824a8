package dev.comms.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The table against a literal copy of it, row by row, and every failure that there can be. */
class ActionTest {
  /**
   * What failed | code | effect | fault || again if idempotent | if not | breaker | breaker if it
   * had less than its limit | limiter | whom an alert should wake.
   */
  private static final String TABLE =
      """
      unavailable       | -                   | none     | local    || yes | yes | ignore  | ignore  | ignore  | local
      unavailable       | -                   | none     | network  || yes | yes | failure | failure | ignore  | network
      unavailable       | -                   | none     | remote   || yes | yes | failure | failure | ignore  | remote
      unavailable       | -                   | possible | remote   || yes | no  | failure | failure | dropped | remote
      unavailable       | -                   | possible | network  || yes | no  | failure | failure | dropped | remote
      overloaded        | -                   | none     | overload || yes | yes | ignore  | ignore  | dropped | overload
      overloaded        | -                   | possible | overload || yes | no  | ignore  | ignore  | dropped | overload
      overloaded        | -                   | none     | local    || no  | no  | ignore  | ignore  | ignore  | local
      deadline_exceeded | -                   | possible | remote   || yes | no  | failure | failure | dropped | remote
      deadline_exceeded | -                   | none     | remote   || yes | yes | failure | failure | dropped | remote
      deadline_exceeded | -                   | possible | caller   || no  | no  | failure | ignore  | dropped | caller
      deadline_exceeded | -                   | none     | caller   || no  | no  | failure | ignore  | dropped | caller
      circuit_open      | -                   | none     | local    || no  | no  | ignore  | ignore  | ignore  | local
      rejected          | aborted             | possible | caller   || no  | no  | success | success | success | remote
      rejected          | unimplemented       | none     | caller   || no  | no  | success | success | success | remote
      rejected          | invalid_argument    | none     | caller   || no  | no  | success | success | success | caller
      rejected          | not_found           | none     | caller   || no  | no  | success | success | success | caller
      rejected          | already_exists      | none     | caller   || no  | no  | success | success | success | caller
      rejected          | failed_precondition | none     | caller   || no  | no  | success | success | success | caller
      rejected          | out_of_range        | none     | caller   || no  | no  | success | success | success | caller
      rejected          | permission_denied   | none     | caller   || no  | no  | success | success | success | caller
      rejected          | unauthenticated     | none     | caller   || no  | no  | success | success | success | caller
      failed            | -                   | possible | remote   || no  | no  | failure | failure | success | remote
      failed            | -                   | possible | local    || no  | no  | failure | failure | success | local
      failed            | -                   | none     | remote   || no  | no  | failure | failure | success | remote
      unknown_outcome   | -                   | possible | network  || no  | no  | failure | failure | dropped | remote
      cancelled         | -                   | possible | caller   || no  | no  | ignore  | ignore  | ignore  | caller
      malformed         | -                   | none     | caller   || no  | no  | ignore  | ignore  | ignore  | caller
      malformed         | -                   | possible | remote   || no  | no  | ignore  | ignore  | ignore  | remote
      unroutable        | -                   | none     | remote   || no  | no  | ignore  | ignore  | ignore  | remote
      misconfigured     | -                   | none     | local    || no  | no  | ignore  | ignore  | ignore  | local
      """;

  static final List<String> ROWS = TABLE.lines().toList();

  @ParameterizedTest
  @FieldSource("ROWS")
  void eachRowHolds(String row) {
    CommsException failure = failure(row);
    String[] expected = cells(row.substring(row.indexOf("||") + 2));
    assertThat(Action.retryable(failure, true) ? "yes" : "no").isEqualTo(expected[0]);
    assertThat(Action.retryable(failure, false) ? "yes" : "no").isEqualTo(expected[1]);
    assertThat(lower(Action.health(failure, true))).isEqualTo(expected[2]);
    assertThat(lower(Action.health(failure, false))).isEqualTo(expected[3]);
    assertThat(lower(Action.load(failure))).isEqualTo(expected[4]);
    assertThat(lower(Action.fault(failure))).isEqualTo(expected[5]);
  }

  @Test
  void noKindAndNoCodeIsWithoutARow() {
    Set<Kind> kinds =
        ROWS.stream().map(row -> failure(row).kind()).collect(Collectors.toUnmodifiableSet());
    assertThat(kinds).isEqualTo(EnumSet.allOf(Kind.class));
    Set<String> codes =
        ROWS.stream().map(row -> cells(row)[1]).collect(Collectors.toUnmodifiableSet());
    assertThat(codes).containsAll(Arrays.stream(Code.values()).map(ActionTest::lower).toList());
  }

  @Test
  void everyRowInCodeIsReachedByOneHere() {
    assertThat(ROWS.stream().map(row -> Action.of(failure(row))))
        .containsAll(List.of(Action.values()));
  }

  @Test
  void everyFailureThatThereCanBeHasARow() {
    for (Kind kind : Kind.values()) {
      for (Effect effect : Effect.values()) {
        for (Fault fault : Fault.values()) {
          Facts facts = Facts.of("test").effect(effect).fault(fault);
          Stream.of(Code.values())
              .forEach(code -> assertThat(Action.of(failure(kind, code, facts))).isNotNull());
        }
      }
    }
  }

  private static String lower(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT);
  }

  private static String[] cells(String row) {
    return Arrays.stream(row.split("\\|")).map(String::strip).toArray(String[]::new);
  }

  private static CommsException failure(String row) {
    String[] cells = cells(row.toUpperCase(Locale.ROOT));
    Code code = cells[1].equals("-") ? Code.NOT_FOUND : Code.valueOf(cells[1]);
    Facts facts = Facts.of("test").effect(Effect.valueOf(cells[2])).fault(Fault.valueOf(cells[3]));
    return failure(Kind.valueOf(cells[0]), code, facts);
  }

  private static CommsException failure(Kind kind, Code code, Facts facts) {
    return switch (kind) {
      case DEADLINE_EXCEEDED -> new CommsException.DeadlineExceeded(facts);
      case UNAVAILABLE -> new CommsException.Unavailable(facts);
      case OVERLOADED -> new CommsException.Overloaded(facts);
      case CIRCUIT_OPEN -> new CommsException.CircuitOpen(facts);
      case REJECTED -> new CommsException.Rejected(code, facts);
      case FAILED -> new CommsException.Failed(facts);
      case CANCELLED -> new CommsException.Cancelled(facts);
      case MALFORMED -> new CommsException.Malformed(facts);
      case UNROUTABLE -> new CommsException.Unroutable(facts);
      case UNKNOWN_OUTCOME -> new CommsException.UnknownOutcome("id", facts);
      case MISCONFIGURED -> new CommsException.Misconfigured(facts);
    };
  }
}
