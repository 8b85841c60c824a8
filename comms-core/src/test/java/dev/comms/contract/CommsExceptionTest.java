package dev.comms.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Failed;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.UnknownOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class CommsExceptionTest {
  private static final Facts FACTS = Facts.of("stock.check");

  @Test
  void wrappersOfFuturesAreTakenOff() {
    Failed ours = new Failed(FACTS.message("broke"));
    Throwable wrapped = new CompletionException(new ExecutionException(ours));
    assertThat(CommsException.of("other", wrapped)).isSameAs(ours);
  }

  @Test
  void whatIsUnknownIsAHandlerThatThrew() {
    IllegalStateException cause = new IllegalStateException("no disk");
    CommsException failure = CommsException.of("stock.check", new CompletionException(cause));
    assertThat(failure.kind()).isEqualTo(Kind.FAILED);
    assertThat(failure.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(failure.fault()).isEqualTo(Fault.REMOTE);
    assertThat(failure)
        .hasMessage("stock.check: the handler threw IllegalStateException: no disk")
        .hasCause(cause);
  }

  @Test
  void aCancelledFutureIsTheCallersDoing() {
    CommsException failure = CommsException.of("stock.check", new CancellationException());
    assertThat(failure.kind()).isEqualTo(Kind.CANCELLED);
    assertThat(failure.fault()).isEqualTo(Fault.CALLER);
  }

  @Test
  void aVerdictSaysNotNowOrNever() {
    CommsException later = CommsException.of("t", Verdict.retryAfter(Duration.ofMinutes(2)));
    assertThat(later.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(later.retryAfter()).isEqualTo(Duration.ofMinutes(2));
    CommsException never = CommsException.of("t", Verdict.reject("no such user"));
    assertThat(never).isInstanceOf(Rejected.class).hasMessage("t: no such user");
    assertThat(never.effect()).isEqualTo(Effect.NONE);
    assertThat(Verdict.reject("x").getStackTrace()).as("no failure of the program").isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> Verdict.retryAfter(Duration.ZERO));
  }

  @Test
  void theFactsAreChangedByCopy() {
    Facts all =
        FACTS
            .effect(Effect.NONE)
            .fault(Fault.LOCAL)
            .message("m")
            .retryAfter(Duration.ofSeconds(1))
            .attempts(3)
            .times(List.of(Duration.ofMillis(7)));
    assertThat(all)
        .isEqualTo(
            new Facts(
                "stock.check",
                Effect.NONE,
                Fault.LOCAL,
                "m",
                Duration.ofSeconds(1),
                3,
                List.of(Duration.ofMillis(7)),
                null,
                Details.NONE));
    assertThat(FACTS).isEqualTo(Facts.of("stock.check"));
    assertThat(all.contract("other").contract()).isEqualTo("other");
  }

  @Test
  void aCopyKeepsItsKindAndWhereItWasThrown() {
    UnknownOutcome first = new UnknownOutcome("id-7", FACTS.message("no confirm"));
    CommsException copy = first.with(first.facts().attempts(2));
    assertThat(copy).isInstanceOf(UnknownOutcome.class);
    assertThat(((UnknownOutcome) copy).id()).isEqualTo("id-7");
    assertThat(copy.getStackTrace()).isEqualTo(first.getStackTrace());
    assertThat(copy).hasMessage("stock.check: no confirm (after 2 attempts)");
    assertThat(copy.reason()).isEqualTo("no confirm");
  }

  @Test
  void anUnknownOutcomeMayAlwaysHaveHadAnEffect() {
    assertThat(new UnknownOutcome("id", FACTS.effect(Effect.NONE)).effect())
        .isEqualTo(Effect.POSSIBLE);
  }

  @Test
  void aNoKeepsItsCode() {
    Rejected no = new Rejected(Code.NOT_FOUND, "no such thing");
    assertThat(no).hasMessage("no such thing");
    assertThat(((Rejected) no.with(no.facts().contract("c"))).code()).isEqualTo(Code.NOT_FOUND);
  }
}
