package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Row by row, in both directions. */
class FailuresTest {
  private static final String CONTRACT = "orders.ping";

  @ParameterizedTest
  @EnumSource(Code.class)
  void everyRejectionIsTheStatusOfTheSameNameAndComesBack(Code code) {
    Wire wire = Failures.toWire(CONTRACT, new CommsException.Rejected(code, "unknown product 7"));

    assertThat(wire.status().getCode().name()).isEqualTo(code.name());
    assertThat(wire.status().getDescription()).isEqualTo("unknown product 7");
    CommsException back = back(wire);
    assertThat(back)
        .isInstanceOfSatisfying(
            CommsException.Rejected.class, no -> assertThat(no.code()).isEqualTo(code));
    assertThat(back.effect()).isEqualTo(Effect.NONE);
    assertThat(back.fault()).isEqualTo(Fault.CALLER);
    assertThat(back.reason()).isEqualTo("unknown product 7");
  }

  @Test
  void anOverloadNamesTheWaitAndThatNothingWasDone() {
    Facts facts = own(Effect.NONE).fault(Fault.OVERLOAD).retryAfter(Duration.ofMillis(1500));
    Wire wire = Failures.toWire(CONTRACT, new CommsException.Overloaded(facts));

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    CommsException back = back(wire);
    expect(back, Kind.OVERLOADED, Effect.NONE, Fault.OVERLOAD);
    assertThat(back.retryAfter()).isEqualTo(Duration.ofMillis(1500));
  }

  @Test
  void headersThatAreTooLargeAreTheirsWhoWroteThem() {
    Status end =
        Status.INTERNAL
            .withDescription("http2 exception")
            .withCause(new IOException("Header size exceeded max allowed size (8192)"));

    CommsException ours =
        Failures.fromStatus(new Failures.Attempt(CONTRACT, "shop", false), end, new Metadata());
    expect(ours, Kind.MALFORMED, Effect.NONE, Fault.CALLER);
    assertThat(ours).hasMessageContaining("8192").hasMessageContaining("send less");
    CommsException theirs =
        Failures.fromStatus(new Failures.Attempt(CONTRACT, "shop", true), end, new Metadata());
    expect(theirs, Kind.MALFORMED, Effect.POSSIBLE, Fault.REMOTE);
  }

  @Test
  void drainingIsUnavailableOnTheWireAndAnOverloadToUs() {
    Wire wire = Failures.draining(Effect.NONE);

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(info(wire).getReason()).isEqualTo("DRAINING");
    expect(back(wire), Kind.OVERLOADED, Effect.NONE, Fault.OVERLOAD);
    expect(
        back(Failures.draining(Effect.POSSIBLE)), Kind.OVERLOADED, Effect.POSSIBLE, Fault.OVERLOAD);
  }

  @Test
  void anExpiredCallIsTheCallersFaultAndALateAnswerTheOthers() {
    Wire expired = Failures.toWire(CONTRACT, new CommsException.DeadlineExceeded(own(Effect.NONE)));
    Wire late =
        Failures.toWire(CONTRACT, new CommsException.DeadlineExceeded(own(Effect.POSSIBLE)));

    assertThat(expired.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    expect(back(expired), Kind.DEADLINE_EXCEEDED, Effect.NONE, Fault.CALLER);
    expect(back(late), Kind.DEADLINE_EXCEEDED, Effect.POSSIBLE, Fault.REMOTE);
  }

  @Test
  void aRequestThatCannotBeDecodedIsAnInvalidArgument() {
    Wire wire = Failures.toWire(CONTRACT, new CommsException.Malformed(own(Effect.NONE)));

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    expect(back(wire), Kind.MALFORMED, Effect.NONE, Fault.CALLER);
  }

  @Test
  void aReplyThatCannotBeEncodedIsTheServersFailureEvenIfItClaimsNoEffect() {
    Facts encoding = own(Effect.NONE).fault(Fault.CALLER);

    Wire wire = Failures.toWire(CONTRACT, new CommsException.Malformed(encoding));

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    expect(back(wire), Kind.FAILED, Effect.POSSIBLE, Fault.REMOTE);
  }

  @Test
  void aBrokenHandlerTellsAnErrorIdAndNothingElse() {
    Wire wire = Failures.toWire(CONTRACT, new IllegalStateException("jdbc password is s3cret"));

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(wire.toString() + info(wire)).doesNotContain("s3cret", "IllegalState");
    assertThat(wire.status().getCause()).isNull();
    String id = info(wire).getMetadataOrThrow("error-id");
    CommsException back = back(wire);
    expect(back, Kind.FAILED, Effect.POSSIBLE, Fault.REMOTE);
    assertThat(back.getMessage()).contains(id);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"OVERLOADED", "UNAVAILABLE"})
  void whatAnotherConversationFailedWithDoesNotMakeOursRepeatable(Kind kind) {
    Facts others = Facts.of("payments.charge").effect(Effect.NONE).message("s3cret");
    CommsException nested =
        kind == Kind.OVERLOADED
            ? new CommsException.Overloaded(others)
            : new CommsException.Unavailable(others);

    Wire wire = Failures.toWire(CONTRACT, nested);

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(wire.status().getDescription()).doesNotContain("s3cret");
    expect(back(wire), Kind.UNAVAILABLE, Effect.POSSIBLE, Fault.REMOTE);
  }

  @Test
  void aNoFromAnotherConversationIsNotOursToGive() {
    Facts others = Facts.of("users.get").effect(Effect.NONE).message("s3cret");

    Wire wire = Failures.toWire(CONTRACT, new CommsException.Rejected(Code.NOT_FOUND, others));

    assertThat(wire.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(wire.status().getDescription()).doesNotContain("s3cret");
  }

  @Test
  void aLongTextIsCutSoThatTheTrailersFit() {
    String text = "長".repeat(10_000);

    Wire wire = Failures.toWire(CONTRACT, new CommsException.Rejected(Code.NOT_FOUND, text));

    assertThat(wire.status().getDescription()).hasSize(512);
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE,         UNAVAILABLE,       POSSIBLE, REMOTE",
    "DEADLINE_EXCEEDED,   DEADLINE_EXCEEDED, POSSIBLE, REMOTE",
    "RESOURCE_EXHAUSTED,  OVERLOADED,        POSSIBLE, OVERLOAD",
    "INTERNAL,            FAILED,            POSSIBLE, REMOTE",
    "UNKNOWN,             FAILED,            POSSIBLE, REMOTE",
    "DATA_LOSS,           FAILED,            POSSIBLE, REMOTE",
    "CANCELLED,           UNAVAILABLE,       POSSIBLE, REMOTE",
    "INVALID_ARGUMENT,    REJECTED,          NONE,     CALLER",
    "NOT_FOUND,           REJECTED,          NONE,     CALLER",
    "ALREADY_EXISTS,      REJECTED,          NONE,     CALLER",
    "FAILED_PRECONDITION, REJECTED,          NONE,     CALLER",
    "OUT_OF_RANGE,        REJECTED,          NONE,     CALLER",
    "PERMISSION_DENIED,   REJECTED,          NONE,     CALLER",
    "UNAUTHENTICATED,     REJECTED,          NONE,     CALLER",
    "UNIMPLEMENTED,       REJECTED,          NONE,     CALLER",
    "ABORTED,             REJECTED,          NONE,     REMOTE"
  })
  void aForeignServerIsUnderstoodByItsStatus(
      Status.Code code, Kind kind, Effect effect, Fault fault) {
    CommsException failure =
        Failures.fromStatus(attempt(true), code.toStatus().withDescription("why"), new Metadata());

    expect(failure, kind, effect, fault);
    assertThat(failure.getMessage()).contains(CONTRACT, "shop:50051", "why");
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE,       UNAVAILABLE",
    "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED",
    "INTERNAL,          FAILED"
  })
  void whatWasNeverSentHadNoEffect(Status.Code code, Kind kind) {
    Status status = code.toStatus().withCause(new IOException("Connection refused: shop:50051"));

    CommsException failure = Failures.fromStatus(attempt(false), status, new Metadata());

    expect(failure, kind, Effect.NONE, Fault.NETWORK);
  }

  @Test
  void whyAPeerWasNotReachedIsSaid() {
    Status status =
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new IOException("outer", new IOException("Connection refused")));

    assertThat(Failures.fromStatus(attempt(false), status, new Metadata()))
        .hasMessageContaining("io exception (Connection refused)");
  }

  @Test
  void detailsThatAreNotReadableAreAsIfTheyWereNotThere() {
    com.google.rpc.Status broken =
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.UNAVAILABLE.value())
            .addDetails(
                Any.newBuilder()
                    .setTypeUrl("type.googleapis.com/google.rpc.ErrorInfo")
                    .setValue(ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2})))
            .build();
    var exception = StatusProto.toStatusRuntimeException(broken);

    CommsException failure =
        Failures.fromStatus(attempt(true), exception.getStatus(), trailers(exception));

    expect(failure, Kind.UNAVAILABLE, Effect.POSSIBLE, Fault.REMOTE);
  }

  @Test
  void theReasonOfAnotherDomainIsNotBelieved() {
    ErrorInfo foreign =
        ErrorInfo.newBuilder()
            .setDomain("googleapis.com")
            .setReason("DRAINING")
            .putMetadata("effect", "NONE")
            .build();
    com.google.rpc.Status status =
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.UNAVAILABLE.value())
            .addDetails(Any.pack(foreign))
            .build();
    var exception = StatusProto.toStatusRuntimeException(status);

    expect(
        Failures.fromStatus(attempt(true), exception.getStatus(), trailers(exception)),
        Kind.UNAVAILABLE,
        Effect.POSSIBLE,
        Fault.REMOTE);
  }

  private static Metadata trailers(io.grpc.StatusRuntimeException exception) {
    Metadata trailers = exception.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }

  private static void expect(CommsException failure, Kind kind, Effect effect, Fault fault) {
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.effect()).isEqualTo(effect);
    assertThat(failure.fault()).isEqualTo(fault);
    assertThat(failure.contract()).isEqualTo(CONTRACT);
  }

  private static Facts own(Effect effect) {
    return Facts.of(CONTRACT).effect(effect).message("because");
  }

  private static CommsException back(Wire wire) {
    return Failures.fromStatus(attempt(true), wire.status(), wire.trailers());
  }

  private static Failures.Attempt attempt(boolean sent) {
    return new Failures.Attempt(CONTRACT, "shop:50051", sent);
  }

  private static ErrorInfo info(Wire wire) {
    ErrorInfo info = Wire.details(wire.status(), wire.trailers()).info();
    assertThat(info).isNotNull();
    return info;
  }
}
