package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupIT {
  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aForeignRecordIsDeliveredUnderAnIdThatStays() throws Exception {
    Member first = new Member(rig, rig.config(), "g", Start.EARLIEST, 5);
    Plain.produce(rig.topic, 2, "{\"foreign\":true}");

    Delivery delivery = first.next();
    assertThat(delivery.envelope().id()).isEqualTo(rig.topic + "-2-0");
    assertThat(delivery.envelope().key()).isNull();
    assertThat(Rig.text(delivery.envelope())).isEqualTo("{\"foreign\":true}");
    first.transport.close();

    Member second = new Member(rig, rig.config(), "g", Start.EARLIEST, 5);
    assertThat(second.next().envelope().id()).isEqualTo(rig.topic + "-2-0");
  }

  @Test
  void aZombiesLateCompletionIsVoidAndMovesNoCommitBack() throws Exception {
    KafkaConfig impatient = rig.config().revokeWithin(Duration.ofMillis(200));
    Member zombie = new Member(rig, impatient, "g", Start.EARLIEST, 10);
    Map<String, Delivery> held = new HashMap<>();
    for (int partition = 0; partition < 3; partition++) {
      Plain.produce(rig.topic, partition, "held " + partition);
    }
    for (int i = 0; i < 3; i++) {
      Delivery delivery = zombie.next();
      held.put(Rig.text(delivery.envelope()), delivery);
    }

    Member owner = new Member(rig, impatient, "g", Start.EARLIEST, 200);
    Delivery again = owner.next();
    int moved = Integer.parseInt(Rig.text(again.envelope()).substring(5));
    assertThat(held.get("held " + moved).revoked()).isTrue();
    String[] more = new String[50];
    Arrays.fill(more, "more");
    Plain.produce(rig.topic, moved, more);
    again.done();
    for (int i = 0; i < 50; i++) {
      owner.next().done();
    }
    await().atMost(Rig.LONG).until(() -> rig.committed("g").getOrDefault(moved, 0L) == 51);

    held.values().forEach(delivery -> Rig.get(delivery.done()));

    // When the zombie's other partitions are committed, its commits after that settling were made.
    await()
        .atMost(Rig.LONG)
        .until(() -> rig.committed("g").values().stream().mapToLong(Long::longValue).sum() == 53);
    assertThat(rig.committed("g")).containsEntry(moved, 51L);
    assertThat(rig.meters.find("comms.settle.void").counter().count()).isEqualTo(1);
  }

  @Test
  void aRestartContinuesAtTheCommittedOffset() throws Exception {
    Member first = new Member(rig, rig.config(), "g", Start.EARLIEST, 100);
    for (int i = 0; i < 50; i++) {
      Plain.produce(rig.topic, 1, String.valueOf(i));
    }
    for (int i = 0; i < 30; i++) {
      first.next().done();
    }
    first.transport.close();
    assertThat(rig.committed("g")).containsEntry(1, 30L);

    Member second = new Member(rig, rig.config(), "g", Start.EARLIEST, 100);
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rest.add(Rig.text(second.next().envelope()));
    }
    assertThat(rest).first().isEqualTo("30");
    assertThat(rest).last().isEqualTo("49");
  }

  @Test
  void aGroupThatBeganAtTheEndSkipsNothingAtARestart() throws Exception {
    Member first = new Member(rig, rig.config(), "g", Start.LATEST, 5);
    await().atMost(Rig.LONG).until(first::isUp);
    first.transport.close();
    Plain.produce(rig.topic, 0, "while nobody read");

    Member second = new Member(rig, rig.config(), "g", Start.LATEST, 5);

    assertThat(Rig.text(second.next().envelope())).isEqualTo("while nobody read");
  }

  @Test
  void aHandlerSlowerThanThePollIntervalDoesNotLoseItsPartition() throws Exception {
    KafkaConfig strict = rig.config().property("max.poll.interval.ms", "1500");
    Member member = new Member(rig, strict, "g", Start.EARLIEST, 1);
    Plain.produce(rig.topic, 0, "slow", "next");
    Delivery slow = member.next();
    String assigned = member.fact("assigned");

    await()
        .atMost(Rig.LONG)
        .during(Duration.ofSeconds(4))
        .until(() -> member.fact("assigned").equals(assigned) && member.isEmpty());
    slow.done();

    assertThat(Rig.text(member.next().envelope())).isEqualTo("next");
    assertThat(member.fact("assigned")).isEqualTo(assigned).contains("@1");
    assertThat(rig.meters.find("comms.settle.void").counter().count()).isZero();
  }

  @Test
  void aDeadLetterIsTheRecordAsItWasWithItsReason() throws Exception {
    Member member = new Member(rig, rig.config(), "g", Start.EARLIEST, 5);
    Plain.produce(rig.topic, 0, "poison");
    CommsException why = new CommsException.Malformed(Facts.of("rig.happened").message("no JSON"));

    Rig.get(member.next().deadLetter("malformed", why));

    ConsumerRecord<byte[], byte[]> dead = Plain.consume(rig.topic + ".g.dead", 1).get(0);
    assertThat(dead.value()).asString().isEqualTo("poison");
    assertThat(dead.headers().lastHeader("ce_id")).isNull();
    assertThat(Plain.header(dead, "comms-error-reason")).isEqualTo("malformed");
    assertThat(Plain.header(dead, "comms-error-message")).isEqualTo("no JSON");
    assertThat(Plain.header(dead, "comms-origin-offset")).isEqualTo("0");
    await().atMost(Rig.LONG).until(() -> rig.committed("g").getOrDefault(0, 0L) == 1);
  }

  @Test
  void anEventWhoseDeadLettersAreMissingIsHeldAndReportedUntilTheyAreThere() throws Exception {
    new Member(rig, rig.config(), "g", Start.EARLIEST, 5).transport.close();
    Member member = new Member(rig, rig.verifying(Duration.ofSeconds(20)), "g", Start.EARLIEST, 5);
    String dead = rig.topic + ".g.dead";
    Plain.delete(dead);
    Plain.produce(rig.topic, 0, "poison", "follower");
    CommsException why = new CommsException.Malformed(Facts.of("rig.happened").message("no JSON"));

    CompletableFuture<Void> settled = member.next().deadLetter("malformed", why);
    member.next().done();
    await().atMost(Rig.LONG).until(() -> !member.isUp());
    assertThat(member.fact("lastError")).contains(rig.topic + "-0-0").contains(dead);
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Rig.LONG)
        .until(() -> !settled.isDone() && member.isEmpty());
    Plain.create(dead, 1);

    Rig.get(settled);
    assertThat(Plain.consume(dead, 1)).hasSize(1);
    assertThat(member.isUp()).isTrue();
    await().atMost(Rig.LONG).until(() -> rig.committed("g").getOrDefault(0, 0L) == 2);
    assertThat(member.isEmpty()).as("nothing came again").isTrue();
  }

  @Test
  void aForeignEventLargerThanAnyOfOursIsCopiedToTheDeadLetters() throws Exception {
    Member member = new Member(rig, rig.config(), "g", Start.EARLIEST, 5);
    Plain.produceLarge(rig.topic, "x".repeat(3_000_000));
    CommsException why = new CommsException.Malformed(Facts.of("rig.happened").message("no JSON"));

    Rig.get(member.next().deadLetter("malformed", why));

    assertThat(Plain.consume(rig.topic + ".g.dead", 1).get(0).value()).hasSize(3_000_000);
    assertThat(member.isUp()).isTrue();
  }

  @Test
  void anEventWhoseCopyTheBrokerRefusesIsHeldUntilTheTopicAllowsIt() throws Exception {
    Member member = new Member(rig, rig.config(), "g", Start.EARLIEST, 5);
    String dead = rig.topic + ".g.dead";
    Plain.allow(dead, 100);
    Plain.produce(rig.topic, 0, "poison");
    CommsException why = new CommsException.Malformed(Facts.of("rig.happened").message("no JSON"));

    CompletableFuture<Void> settled = member.next().deadLetter("malformed", why);
    await().atMost(Rig.LONG).until(() -> !member.isUp());
    assertThat(member.fact("lastError")).contains("too large").contains("max.message.bytes");
    assertThat(settled).isNotDone();
    Plain.allow(dead, 1_000_000);

    Rig.get(settled);
    assertThat(member.isUp()).isTrue();
    assertThat(Plain.consume(dead, 1)).hasSize(1);
  }

  @Test
  void aMemberThatDiesOfABrokenConsumerSaysSoAndBeginsAnew() throws Exception {
    int[] broken = {1};
    Member member = new Member(rig, rig.config(), "g", Start.EARLIEST, 5);
    KafkaTransport breaking = rig.attach(rig.config());
    List<String> handled = new CopyOnWriteArrayList<>();
    member.subscription.close();
    var subscription =
        breaking.subscribe(
            List.of(Rig.EVENT),
            new Subscriber("g", Start.EARLIEST),
            5,
            delivery -> {
              if (broken[0]-- > 0) {
                throw new IllegalStateException("the consumer broke");
              }
              handled.add(Rig.text(delivery.envelope()));
              delivery.done();
            });
    Plain.produce(rig.topic, 0, "survives");

    await().atMost(Rig.LONG).until(() -> subscription.health().state().name().equals("DOWN"));
    await().atMost(Rig.LONG).until(() -> handled.contains("survives"));
    assertThat(subscription.health().state().name()).isEqualTo("UP");
  }
}
