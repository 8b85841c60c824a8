package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvelopeMapperTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
  private static final byte[] BODY = {0, 1, 2};
  private static final CommsException BROKE =
      new CommsException.Failed(Facts.of("t").message("the printer is on fire"));

  private static Envelope message() {
    return Envelope.of("id-1", "mail.send", "application/json", NOW, BODY);
  }

  private static Envelope read(BasicProperties properties) {
    return EnvelopeMapper.envelope("mail.send", properties, BODY, NOW.plusSeconds(60));
  }

  private static BasicProperties with(String header, Object value) {
    Map<String, Object> headers = new HashMap<>();
    headers.put(header, value);
    return new BasicProperties.Builder().headers(headers).build();
  }

  @Test
  void aMessageComesBackAsItWas() {
    Envelope sent =
        message()
            .key("customer 7")
            .expires(NOW.plusMillis(1_234))
            .headers(Map.of("traceparent", "00-ab", "tenant", "blau ü"));

    Envelope got = read(EnvelopeMapper.fresh(sent));

    assertThat(got).usingRecursiveComparison().isEqualTo(sent);
  }

  @Test
  void onTheWireStandsWhatTheContractPromisesToOtherLanguages() {
    BasicProperties wire = EnvelopeMapper.fresh(message().key("k").expires(NOW.plusSeconds(9)));

    assertThat(wire.getMessageId()).isEqualTo("id-1");
    assertThat(wire.getType()).isEqualTo("mail.send");
    assertThat(wire.getContentType()).isEqualTo("application/json");
    assertThat(wire.getDeliveryMode()).isEqualTo(2);
    assertThat(wire.getTimestamp()).isEqualTo(Date.from(NOW));
    assertThat(wire.getExpiration()).isNull();
    assertThat(wire.getHeaders())
        .containsOnly(
            Map.entry("comms-attempt", 1),
            Map.entry("comms-first-enqueued", NOW.toEpochMilli()),
            Map.entry("comms-expires", NOW.plusSeconds(9).toEpochMilli()),
            Map.entry("comms-issued", NOW.toEpochMilli()),
            Map.entry("comms-key", "k"));
  }

  @Test
  void aTaskThatDoesNotExpireSaysNothingOfExpiry() {
    assertThat(EnvelopeMapper.fresh(message()).getHeaders())
        .containsOnlyKeys("comms-attempt", "comms-first-enqueued");
  }

  @Test
  void aForeignMessageOfBodyAndContentTypeIsATask() {
    Envelope got = read(new BasicProperties.Builder().contentType("text/plain").build());

    assertThat(got.id()).isNotEmpty();
    assertThat(got.contract()).isEqualTo("mail.send");
    assertThat(got.contentType()).isEqualTo("text/plain");
    assertThat(got.time()).isEqualTo(NOW.plusSeconds(60));
    assertThat(got.expires()).isNull();
    assertThat(got.key()).isNull();
    assertThat(got.headers()).isEmpty();
    assertThat(EnvelopeMapper.attempt(new BasicProperties())).isEqualTo(1);
    assertThat(EnvelopeMapper.redrive(new BasicProperties())).isZero();
    assertThat(EnvelopeMapper.returns(new BasicProperties())).isEqualTo(-1);
  }

  @Test
  void foreignHeadersArriveAsTextWithNamesInLowerCaseAndNestedOnesDoNot() {
    Map<String, Object> headers = new HashMap<>();
    headers.put("Tenant", LongStringHelper.asLongString("blue"));
    headers.put("count", 7L);
    headers.put("urgent", true);
    headers.put("nothing", null);
    headers.put("list", List.of(1, 2));
    headers.put("table", Map.of("a", 1));
    headers.put("raw", new byte[] {1});
    headers.put("x-death", List.of());
    headers.put("x-first-death-queue", "q");
    headers.put("x-delivery-count", 3L);

    assertThat(read(new BasicProperties.Builder().headers(headers).build()).headers())
        .isEqualTo(Map.of("tenant", "blue", "count", "7", "urgent", "true"));
  }

  @Test
  void hostileValuesInOurHeadersCountAsAbsent() {
    List<Object> hostile =
        Arrays.asList(
            null,
            -1,
            Long.MAX_VALUE,
            "NaN",
            "9".repeat(100_000),
            List.of(),
            Map.of(),
            1.5,
            LongStringHelper.asLongString("9".repeat(100_000)),
            new byte[] {1},
            "",
            "0x10");
    for (Object value : hostile) {
      assertThat(EnvelopeMapper.attempt(with("comms-attempt", value))).as("%s", value).isEqualTo(1);
      assertThat(EnvelopeMapper.redrive(with("comms-redrive", value))).as("%s", value).isZero();
      assertThat(EnvelopeMapper.returns(with("x-delivery-count", value))).isEqualTo(-1);
      assertThat(read(with("comms-expires", value)).expires()).isNull();
      assertThat(read(with("comms-issued", value)).time()).isEqualTo(NOW.plusSeconds(60));
    }
    assertThat(read(with("comms-key", Map.of())).key()).isNull();
  }

  @Test
  void aRetryCountsUpAndCarriesWhyButNothingThatTheBrokerWrote() {
    Map<String, Object> headers = new HashMap<>(EnvelopeMapper.fresh(message()).getHeaders());
    headers.put("tenant", "blue");
    headers.put("table", Map.of("a", 1));
    headers.put("x-death", List.of(Map.of("queue", "q")));
    headers.put("x-first-death-exchange", "e");
    headers.put("x-last-death-queue", "q");
    headers.put("CC", List.of("elsewhere"));
    BasicProperties from =
        new BasicProperties.Builder()
            .headers(headers)
            .expiration("1000")
            .userId("bob")
            .appId("app")
            .build();

    BasicProperties copy = EnvelopeMapper.retried(from, "id-1", BROKE, NOW);

    assertThat(EnvelopeMapper.attempt(copy)).isEqualTo(2);
    assertThat(copy.getMessageId()).isEqualTo("id-1");
    assertThat(copy.getDeliveryMode()).isEqualTo(2);
    assertThat(copy.getExpiration()).isNull();
    assertThat(copy.getUserId()).isNull();
    assertThat(copy.getAppId()).isEqualTo("app");
    assertThat(copy.getHeaders())
        .containsEntry("tenant", "blue")
        .containsEntry("table", Map.of("a", 1))
        .containsEntry("comms-error-class", "FAILED")
        .containsEntry("comms-error-message", "the printer is on fire")
        .containsEntry("comms-error-at", NOW.toEpochMilli())
        .containsKeys("comms-error-stack", "comms-error-host")
        .doesNotContainKeys("comms-error-reason", "x-death", "x-first-death-exchange")
        .doesNotContainKeys("x-last-death-queue", "CC");
  }

  @Test
  void aDeadLetterTellsItsReasonAndARedriveForgetsItAndCounts() {
    BasicProperties dead =
        EnvelopeMapper.dead(EnvelopeMapper.fresh(message()), "id-1", "rejected", BROKE, NOW);
    Letter letter = EnvelopeMapper.letter("mail.send", dead, BODY, NOW);

    assertThat(letter.reason()).isEqualTo("rejected");
    assertThat(letter.error()).isEqualTo("the printer is on fire");
    assertThat(letter.attempts()).isEqualTo(1);
    assertThat(letter.message()).usingRecursiveComparison().isEqualTo(message());

    BasicProperties again = EnvelopeMapper.redriven(dead, "id-1");
    assertThat(EnvelopeMapper.redrive(again)).isEqualTo(1);
    assertThat(EnvelopeMapper.attempt(again)).isEqualTo(1);
    assertThat(again.getHeaders().keySet()).noneMatch(name -> name.startsWith("comms-error-"));
  }

  @Test
  void whatTheBrokerMovedAfterTooManyCrashesSaysSo() {
    BasicProperties moved =
        with("x-death", List.of(Map.of("reason", LongStringHelper.asLongString("delivery_limit"))));

    Letter letter = EnvelopeMapper.letter("mail.send", moved, BODY, NOW);

    assertThat(letter.reason()).isEqualTo("crashes");
    assertThat(letter.error()).contains("broker");
  }

  @Test
  void aStackAndAMessageAreCappedAndNeverSplitACharacter() {
    RuntimeException deep = new RuntimeException("ü".repeat(20_000));
    CommsException why =
        new CommsException.Failed(Facts.of("t").message("ü".repeat(20_000)).cause(deep));

    Map<String, Object> headers =
        EnvelopeMapper.retried(new BasicProperties(), "i", why, NOW).getHeaders();

    String stack = (String) headers.get("comms-error-stack");
    String text = (String) headers.get("comms-error-message");
    assertThat(stack.getBytes(StandardCharsets.UTF_8).length).isBetween(8_000, 8_192);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(1_024);
    assertThat(stack + text).doesNotContain("\uFFFD");
  }

  @Test
  void aCopyOfAMessageWithEndlessForeignHeadersStillFitsIntoAFrame() {
    Map<String, Object> headers = new HashMap<>();
    for (int i = 0; i < 120; i++) {
      headers.put("h" + i, "x".repeat(1_000));
    }
    headers.put("comms-key", "k");
    BasicProperties from = new BasicProperties.Builder().headers(headers).build();

    Map<String, Object> kept = EnvelopeMapper.retried(from, "i", BROKE, NOW).getHeaders();

    assertThat(Headers.size(kept)).isLessThan(80 * 1_024);
    assertThat(kept).containsEntry("comms-key", "k");
  }

  @Test
  void whatAmqpCannotCarryIsMalformedAndNamesTheRule() {
    refused(Envelope.of("i".repeat(256), "t", "c", NOW, BODY), "256 bytes but must have 1 to 255");
    refused(Envelope.of("", "t", "c", NOW, BODY), "0 bytes but must have 1 to 255");
    refused(Envelope.of("i", "t", "c".repeat(256), NOW, BODY), "content type");
    refused(message().key("k".repeat(5_000)), "key");
    refused(message().header("big", "x".repeat(33_000)), "headers take");
    refused(
        Envelope.of("i", "t", "c", NOW, new byte[16 * 1_024 * 1_024 + 1]), "store it elsewhere");
  }

  @Test
  void aSenderCannotForgeOurHeaders() {
    Envelope forged =
        message().headers(Map.of("comms-attempt", "9", "x-death", "y", "CC", "z", "mine", "ok"));

    BasicProperties wire = EnvelopeMapper.fresh(forged);

    assertThat(EnvelopeMapper.attempt(wire)).isEqualTo(1);
    assertThat(wire.getHeaders()).containsEntry("mine", "ok").doesNotContainKeys("x-death", "CC");
  }

  private static void refused(Envelope message, String rule) {
    assertThatThrownBy(() -> EnvelopeMapper.fresh(message))
        .isInstanceOf(CommsException.Malformed.class)
        .hasMessageContaining(rule);
  }
}
