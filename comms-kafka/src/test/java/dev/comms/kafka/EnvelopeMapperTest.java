package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class EnvelopeMapperTest {
  private static final Instant TIME = Instant.parse("2026-11-23T01:02:03.456Z");
  private final EnvelopeMapper mapper = new EnvelopeMapper("orders");

  @Test
  void anEventIsACloudEventInBinaryMode() {
    Map<String, String> headers = headers(mapper.toRecord("shop.paid", event()).headers());

    assertThat(headers)
        .containsEntry("ce_id", "id-1")
        .containsEntry("ce_type", "shop/paid")
        .containsEntry("ce_source", "/orders")
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_time", "2026-11-23T01:02:03.456Z")
        .containsEntry("ce_partitionkey", "kunde ü")
        .containsEntry("content-type", "application/json")
        .containsEntry("traceparent", "00-a-b-01")
        .doesNotContainKey("ce_expires");
  }

  @Test
  void whatIsWrittenIsReadBackUnchanged() {
    Envelope sent = event().expires(TIME.plusSeconds(60));

    Envelope got = EnvelopeMapper.toEnvelope(received(sent), "shop/paid", "other");

    assertThat(got.id()).isEqualTo(sent.id());
    assertThat(got.contract()).isEqualTo(sent.contract());
    assertThat(got.key()).isEqualTo(sent.key());
    assertThat(got.contentType()).isEqualTo(sent.contentType());
    assertThat(got.time()).isEqualTo(sent.time());
    assertThat(got.expires()).isEqualTo(sent.expires());
    assertThat(got.headers()).isEqualTo(sent.headers());
    assertThat(got.body()).isEqualTo(sent.body());
  }

  @Test
  void anExpiryIsEpochMillisecondsOnTheWire() {
    ProducerRecord<byte[], byte[]> written =
        mapper.toRecord("t", event().expires(Instant.ofEpochMilli(1_700_000_000_123L)));

    assertThat(headers(written.headers())).containsEntry("ce_expires", "1700000000123");
  }

  @Test
  void aUsersHeaderCannotReplaceOneOfOurs() {
    Envelope forged = event().headers(Map.of("ce_id", "forged", "Content-Type", "text/evil"));

    Headers headers = mapper.toRecord("t", forged).headers();

    assertThat(headers.headers("ce_id")).hasSize(1);
    assertThat(headers(headers)).containsEntry("ce_id", "id-1").doesNotContainKey("Content-Type");
  }

  @Test
  void aForeignRecordIsAnEventWithAnIdMadeOfItsPlace() {
    Envelope got = EnvelopeMapper.toEnvelope(record(new RecordHeaders(), "{}"), "a", "text/x");

    assertThat(got.id()).isEqualTo("topic-3-42");
    assertThat(got.contract()).isEqualTo("a");
    assertThat(got.contentType()).isEqualTo("text/x");
    assertThat(got.time()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(got.expires()).isNull();
    assertThat(got.headers()).isEmpty();
    assertThat(got.body()).asString().isEqualTo("{}");
  }

  @Test
  void hostileHeadersDoNoHarm() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("ce_time", bytes("yesterday"));
    headers.add("ce_expires", bytes("soon"));
    headers.add("ce_id", null);
    headers.add("comms-redrive", bytes("-1"));
    headers.add("note", new byte[] {(byte) 0xff});

    ConsumerRecord<byte[], byte[]> hostile = record(headers, null);
    Envelope got = EnvelopeMapper.toEnvelope(hostile, "a", "text/x");

    assertThat(got.time()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(got.expires()).isNull();
    assertThat(got.id()).isEqualTo("topic-3-42");
    assertThat(got.body()).isEmpty();
    assertThat(EnvelopeMapper.redrive(hostile)).isZero();
  }

  @Test
  void aDeadLetterKeepsTheRecordAndReplacesAnOlderReason() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("comms-error-message", bytes("old"));
    headers.add("ce_id", bytes("id-9"));
    CommsException why =
        new CommsException.Failed(Facts.of("a").attempts(5).message("x".repeat(5_000)));

    ProducerRecord<byte[], byte[]> dead =
        EnvelopeMapper.toDeadLetter(record(headers, null), "t.g.dead", "g", "attempts", why, TIME);

    assertThat(dead.value()).isNull();
    assertThat(dead.partition()).isNull();
    assertThat(dead.key()).isEqualTo(bytes("key"));
    assertThat(dead.headers().headers("comms-error-message")).hasSize(1);
    Map<String, String> all = headers(dead.headers());
    assertThat(all.get("comms-error-message")).hasSize(1_024);
    assertThat(all)
        .containsEntry("ce_id", "id-9")
        .containsEntry("comms-error-reason", "attempts")
        .containsEntry("comms-error-class", "FAILED")
        .containsEntry("comms-error-attempts", "5")
        .containsEntry("comms-error-at", Long.toString(TIME.toEpochMilli()))
        .containsEntry("comms-error-group", "g")
        .containsEntry("comms-origin-topic", "topic")
        .containsEntry("comms-origin-partition", "3")
        .containsEntry("comms-origin-offset", "42");
  }

  private static Envelope event() {
    return Envelope.of("id-1", "shop/paid", "application/json", TIME, bytes("{\"a\":1}"))
        .key("kunde ü")
        .headers(Map.of("traceparent", "00-a-b-01", "tenant", "blue"));
  }

  private ConsumerRecord<byte[], byte[]> received(Envelope event) {
    ProducerRecord<byte[], byte[]> sent = mapper.toRecord("topic", event);
    return consumed(sent.headers(), sent.key(), sent.value());
  }

  private static ConsumerRecord<byte[], byte[]> record(Headers headers, String body) {
    return consumed(headers, bytes("key"), body == null ? null : bytes(body));
  }

  private static ConsumerRecord<byte[], byte[]> consumed(Headers headers, byte[] key, byte[] body) {
    return new ConsumerRecord<>(
        "topic", 3, 42, 1_000, TimestampType.CREATE_TIME, 0, 0, key, body, headers, Optional.of(1));
  }

  private static Map<String, String> headers(Headers headers) {
    Map<String, String> all = new HashMap<>();
    headers.forEach(one -> all.put(one.key(), new String(one.value(), StandardCharsets.UTF_8)));
    return all;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
