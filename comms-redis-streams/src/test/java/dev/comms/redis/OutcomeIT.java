package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Order;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a sender learns when things break. */
class OutcomeIT {
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Lab lab = new Lab();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  @Test
  void whatWasSentAndNotConfirmedIsUnknownByItsId() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport = lab.transport(lab.config(wire.address()));
    Envelope message = Lab.message(Lab.TASK.name(), "lost");
    wire.stall();

    CommsException failure =
        lab.failure(transport.submit(Lab.TASK, message, Order.NOW, in(Duration.ofMillis(400))));

    assertThat(failure).isInstanceOf(UnknownOutcome.class);
    assertThat(((UnknownOutcome) failure).id()).isEqualTo(message.id());
  }

  @Test
  void whatWasUnderWayWhenTheConnectionBrokeIsUnknownAndNotSentAgain() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport = lab.transport(lab.config(wire.address()));
    wire.stall();
    CompletableFuture<Void> sent =
        transport.publish(Lab.EVENT, Lab.message(Lab.EVENT.name(), "?"), lab.soon());
    await().until(() -> wire.hasSwallowed("XADD"));

    wire.cut();

    assertThat(lab.failure(sent)).isInstanceOf(UnknownOutcome.class);
    assertThat(lab.redis().exists(new Topology(lab.space).log(Lab.EVENT.name()))).isZero();
  }

  @Test
  void whatIsSentWhileDisconnectedWasCertainlyNotStored() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport = lab.transport(lab.config(wire.address()));
    assertThat(transport.health().state()).isEqualTo(Health.State.UP);
    wire.cut();
    await().until(() -> transport.health().state() == Health.State.DOWN);

    CommsException failure =
        lab.failure(
            transport.submit(Lab.TASK, Lab.message(Lab.TASK.name(), "no"), Order.NOW, lab.soon()));

    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void moreThanTheBoundInFlightIsRefusedAtOnce() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport = lab.transport(lab.config(wire.address()).inFlight(1));
    wire.stall();
    transport.publish(Lab.EVENT, Lab.message(Lab.EVENT.name(), "one"), lab.soon());

    CommsException failure =
        lab.failure(transport.publish(Lab.EVENT, Lab.message(Lab.EVENT.name(), "two"), lab.soon()));

    assertThat(failure).isInstanceOf(Overloaded.class);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure.getMessage()).contains("in-flight");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithoutItsPassword() throws Exception {
    RedisTransport transport =
        lab.owns(
            RedisTransport.at("redis://me:hush@127.0.0.1:1")
                .confirmedWithin(Duration.ofSeconds(2)));

    CommsException failure = lab.failure(transport.attach(lab.host()));

    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure).hasMessageContaining("127.0.0.1:1").hasMessageNotContaining("hush");
    assertThat(failure.getMessage().lines()).hasSize(1);
  }

  @Test
  void aKeyOfAnotherKindIsMisconfiguredAndNothingWasStored() throws Exception {
    RedisTransport transport = lab.transport();
    lab.redis().set(lab.tasks.work(), "not a stream");

    CommsException failure =
        lab.failure(
            transport.submit(Lab.TASK, Lab.message(Lab.TASK.name(), "x"), Order.NOW, lab.soon()));

    assertThat(failure).isInstanceOf(Misconfigured.class).hasMessageContaining("WRONGTYPE");
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void whatHasNoAnswerWhenTheTransportIsClosedIsUnknownAtOnce() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport = lab.transport(lab.config(wire.address()));
    Envelope message = Lab.message(Lab.EVENT.name(), "?");
    wire.stall();
    CompletableFuture<Void> sent = transport.publish(Lab.EVENT, message, in(Duration.ofHours(1)));
    assertThat(sent).isNotDone();

    transport.close();

    CommsException failure = lab.failure(sent);
    assertThat(failure).isInstanceOf(UnknownOutcome.class).hasMessageContaining("closed");
    assertThat(((UnknownOutcome) failure).id()).isEqualTo(message.id());
  }

  @Test
  void aHalfOpenConnectionIsNoticedAndReplaced() throws Exception {
    Wire wire = lab.wire();
    RedisTransport transport =
        lab.transport(RedisConfig.at(wire.address()).confirmedWithin(SHORT).namespace(lab.space));
    wire.stall();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> transport.health().state() == Health.State.DOWN);
    CommsException failure =
        lab.failure(transport.publish(Lab.EVENT, Lab.message(Lab.EVENT.name(), "no"), lab.soon()));
    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    wire.letNewThrough();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> transport.health().state() == Health.State.UP);
    lab.publish(transport, "k", "through the next one");
    assertThat(lab.redis().xlen(new Topology(lab.space).log(Lab.EVENT.name()))).isEqualTo(1);
  }

  @Test
  void aUserWhoMayNotAskForInfoIsServed() throws Exception {
    lab.redis()
        .aclSetuser(
            lab.space,
            AclSetuserArgs.Builder.on()
                .addPassword("hush")
                .allKeys()
                .allChannels()
                .allCommands()
                .removeCommand(CommandType.INFO));
    lab.owns(() -> lab.redis().aclDeluser(lab.space));
    String address = lab.server.replace("redis://", "redis://" + lab.space + ":hush@");

    RedisTransport transport = lab.transport(lab.config(address));

    lab.publish(transport, "k", "served");
    assertThat(transport.health().state()).isEqualTo(Health.State.UP);
    assertThat(transport.health().parts().get(0).facts())
        .containsEntry("version", "unknown: INFO is denied");
  }

  private Deadline in(Duration duration) {
    return Deadline.after(lab.time, duration);
  }
}
