package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnvelopeMapperTest {
  private static final Instant MADE = Instant.parse("2026-11-23T10:15:30.123456Z");
  private static final byte[] BODY = {0, -1, 1, (byte) 0xC3};
  private final EnvelopeMapper mapper = new EnvelopeMapper("orders");

  @Test
  void aMessageTravelsUnchanged() {
    Envelope sent =
        Envelope.of("id 1", "mail.send", "application/json", MADE, BODY)
            .key("ключ")
            .expires(MADE.plusMillis(5).truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
            .headers(Map.of("traceparent", "00-ab", "id", "not the id"));

    Envelope got = EnvelopeMapper.envelope("mail.send", entry(mapper.fields(sent), 1));

    assertThat(got).usingRecursiveComparison().isEqualTo(sent);
    assertThat(EnvelopeMapper.problem(entry(mapper.fields(sent), 1))).isNull();
  }

  @Test
  void theFieldsAreTheAttributesOfCloudEvents() {
    Map<String, byte[]> fields =
        mapper.fields(Envelope.of("1", "user.activity", "text/plain", MADE, BODY));

    assertThat(text(fields))
        .containsEntry("specversion", "1.0")
        .containsEntry("id", "1")
        .containsEntry("type", "user.activity")
        .containsEntry("source", "orders")
        .containsEntry("time", "2026-11-23T10:15:30.123456Z")
        .containsEntry("datacontenttype", "text/plain")
        .doesNotContainKeys("key", "expires", "attempt");
    assertThat(fields.get("data")).isSameAs(BODY);
  }

  @Test
  void whatIsMissingComesFromTheEntry() {
    Entry entry = entry(Map.of("data", BODY), 1);

    Envelope got = EnvelopeMapper.envelope("mail.send", entry);

    assertThat(got.id()).isEqualTo("1700000000123-4");
    assertThat(got.contract()).isEqualTo("mail.send");
    assertThat(got.time()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
    assertThat(got.key()).isNull();
    assertThat(got.expires()).isNull();
    assertThat(EnvelopeMapper.problem(entry)).isNull();
    assertThat(EnvelopeMapper.attempt(entry)).isEqualTo(1);
  }

  @Test
  void strangeValuesAreTakenForMissing() {
    Entry entry =
        entry(
            bytes(
                Map.of(
                    "data",
                    "",
                    "time",
                    "noon",
                    "expires",
                    "soon",
                    "attempt",
                    "-7",
                    "redrive",
                    "99999999999999999999",
                    "crashes",
                    "x")),
            1);

    assertThat(EnvelopeMapper.envelope("c", entry).expires()).isNull();
    assertThat(EnvelopeMapper.attempt(entry)).isEqualTo(1);
    assertThat(EnvelopeMapper.redrive(entry)).isZero();
    assertThat(EnvelopeMapper.crashes(entry)).isZero();
    assertThat(EnvelopeMapper.problem(entry)).isNull();
  }

  @Test
  void anEntryWithoutDataOrWithTooManyFieldsIsAProblem() {
    Map<String, byte[]> many = new HashMap<>(Map.of("data", BODY));
    IntStream.range(0, 1_000).forEach(i -> many.put("f" + i, BODY));

    assertThat(EnvelopeMapper.problem(entry(Map.of(), 1))).contains("data");
    assertThat(EnvelopeMapper.problem(entry(many, 1))).contains("1000");
    assertThat(EnvelopeMapper.envelope("c", entry(Map.of(), 1)).body()).isEmpty();
  }

  @Test
  void everyDeliveryButTheFirstIsACrashAndEarlierCopiesCount() {
    assertThat(EnvelopeMapper.crashes(entry(Map.of(), 3))).isEqualTo(2);
    assertThat(EnvelopeMapper.crashes(entry(bytes(Map.of("crashes", "2")), 2))).isEqualTo(3);
  }

  @Test
  void copiesChangeOnlyWhatTheyMust() {
    CommsException why = new CommsException.Malformed(CommsException.Facts.of("c").message("no"));
    Entry entry = entry(bytes(Map.of("attempt", "2", "redrive", "1")), 3);

    assertThat(text(EnvelopeMapper.nextAttempt(entry, why)))
        .containsExactly("attempt", "3", "crashes", "", "error", "MALFORMED: no");
    assertThat(text(EnvelopeMapper.givenBack(entry))).containsExactly("crashes", "2");
    assertThat(text(EnvelopeMapper.redriven(entry))).startsWith("redrive", "2");
  }

  @Test
  void aLetterSaysWhyItIsDead() {
    Letter letter =
        EnvelopeMapper.letter(
            "c",
            entry(
                bytes(
                    Map.of(
                        "data",
                        "b",
                        "reason",
                        "attempts",
                        "error",
                        "FAILED: x",
                        "attempt",
                        "5",
                        "redrive",
                        "1")),
                1));

    assertThat(letter.reason()).isEqualTo("attempts");
    assertThat(letter.error()).isEqualTo("FAILED: x");
    assertThat(letter.attempts()).isEqualTo(5);
    assertThat(letter.redrive()).isEqualTo(1);
  }

  private static Entry entry(Map<String, byte[]> fields, long deliveries) {
    return new Entry("s", "1700000000123-4", deliveries, fields);
  }

  private static Map<String, byte[]> bytes(Map<String, String> texts) {
    Map<String, byte[]> fields = new HashMap<>();
    texts.forEach((name, value) -> fields.put(name, value.getBytes(StandardCharsets.UTF_8)));
    return fields;
  }

  private static Map<String, String> text(Map<String, byte[]> fields) {
    Map<String, String> texts = new HashMap<>();
    fields.forEach((name, value) -> texts.put(name, Entry.text(value)));
    return texts;
  }

  private static List<String> text(List<byte[]> parts) {
    return parts.stream().map(Entry::text).toList();
  }
}
