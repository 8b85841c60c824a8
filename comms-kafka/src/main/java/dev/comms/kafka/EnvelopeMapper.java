package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes as records and back: CloudEvents 1.0 in binary mode (Kafka protocol binding 1.0.2). The
 * only file that knows header names.
 */
final class EnvelopeMapper {
  private static final String ID = "ce_id";
  private static final String TYPE = "ce_type";
  private static final String SOURCE = "ce_source";
  private static final String VERSION = "ce_specversion";
  private static final String TIME = "ce_time";
  private static final String KEY = "ce_partitionkey";

  /** Epoch milliseconds, as every expiry on the wire; the issue time is {@code ce_time}. */
  private static final String EXPIRES = "ce_expires";

  private static final String CONTENT_TYPE = "content-type";
  private static final String REDRIVE = "comms-redrive";
  private static final String ERROR = "comms-error-";
  private static final String ORIGIN = "comms-origin-";
  private static final Set<String> OWN =
      Set.of(ID, TYPE, SOURCE, VERSION, TIME, KEY, EXPIRES, CONTENT_TYPE);

  /** Longer error texts are cut: records have a greatest size, and texts may quote payloads. */
  private static final int LONGEST_TEXT = 1_024;

  private final String source;

  /** With the name of the service that publishes. */
  EnvelopeMapper(String service) {
    this.source = "/" + service;
  }

  ProducerRecord<byte[], byte[]> toRecord(String topic, Envelope event) {
    Headers headers = new RecordHeaders();
    put(headers, ID, event.id());
    put(headers, TYPE, event.contract());
    put(headers, SOURCE, source);
    put(headers, VERSION, "1.0");
    put(headers, TIME, event.time().toString());
    put(headers, CONTENT_TYPE, event.contentType());
    Instant expires = event.expires();
    if (expires != null) {
      put(headers, EXPIRES, Long.toString(expires.toEpochMilli()));
    }
    String key = event.key();
    if (key != null) {
      put(headers, KEY, key);
    }
    event
        .headers()
        .forEach(
            (name, value) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                put(headers, name, value);
              }
            });
    byte[] recordKey = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, null, recordKey, event.body(), headers);
  }

  /**
   * A record as an envelope of the contract that its topic carries. A record without our headers is
   * a valid event: its id is made of its place in the log, so it is the same on every delivery.
   *
   * @param contentType the media type where the record names none
   */
  static Envelope toEnvelope(
      ConsumerRecord<byte[], byte[]> event, String contract, String contentType) {
    Map<String, String> all = new HashMap<>();
    for (Header header : event.headers()) {
      if (header.value() != null) {
        all.put(
            header.key().toLowerCase(Locale.ROOT),
            new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    String id = all.getOrDefault(ID, "");
    Envelope envelope =
        Envelope.of(
                id.isEmpty() ? placeOf(event) : id,
                contract,
                all.getOrDefault(CONTENT_TYPE, contentType),
                time(all.get(TIME), Instant.ofEpochMilli(Math.max(0, event.timestamp()))),
                event.value() == null ? new byte[0] : event.value())
            .key(event.key() == null ? null : new String(event.key(), StandardCharsets.UTF_8))
            .expires(expiry(all.get(EXPIRES)));
    all.keySet().removeAll(OWN);
    all.keySet().removeIf(name -> name.startsWith(ERROR) || name.startsWith(ORIGIN));
    all.remove(REDRIVE);
    return envelope.headers(all);
  }

  /** How often the record was put back from the dead letters. */
  static int redrive(ConsumerRecord<byte[], byte[]> event) {
    Header header = event.headers().lastHeader(REDRIVE);
    String text = header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }

  /** The record untouched, with why it failed; older reasons are replaced, so nothing grows. */
  static ProducerRecord<byte[], byte[]> toDeadLetter(
      ConsumerRecord<byte[], byte[]> event,
      String topic,
      String group,
      String reason,
      CommsException why,
      Instant now) {
    Headers headers = new RecordHeaders(event.headers().toArray());
    replace(headers, ERROR + "reason", reason);
    replace(headers, ERROR + "class", why.kind().name());
    replace(headers, ERROR + "message", why.reason());
    replace(headers, ERROR + "at", Long.toString(now.toEpochMilli()));
    replace(headers, ERROR + "attempts", Integer.toString(why.attempts()));
    replace(headers, ERROR + "group", group);
    replace(headers, ORIGIN + "topic", event.topic());
    replace(headers, ORIGIN + "partition", Integer.toString(event.partition()));
    replace(headers, ORIGIN + "offset", Long.toString(event.offset()));
    // No partition is named: the dead letters may have fewer than the topic.
    return new ProducerRecord<>(topic, null, null, event.key(), event.value(), headers);
  }

  private static String placeOf(ConsumerRecord<byte[], byte[]> event) {
    return event.topic() + "-" + event.partition() + "-" + event.offset();
  }

  private static Instant time(@Nullable String text, Instant otherwise) {
    try {
      return text == null ? otherwise : Instant.parse(text);
    } catch (DateTimeException foreign) {
      return otherwise;
    }
  }

  private static @Nullable Instant expiry(@Nullable String text) {
    if (text == null) {
      return null;
    }
    // A time that cannot be read must not end an event's life.
    return text.matches("[0-9]{1,15}") ? Instant.ofEpochMilli(Long.parseLong(text)) : null;
  }

  private static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void replace(Headers headers, String name, String value) {
    headers.remove(name);
    put(headers, name, value.length() > LONGEST_TEXT ? value.substring(0, LONGEST_TEXT) : value);
  }
}
