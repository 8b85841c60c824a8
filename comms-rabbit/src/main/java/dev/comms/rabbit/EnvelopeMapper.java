package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.comms.contract.CommsException;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Envelope to AMQP 0-9-1 and back; the only file that knows header names. Reading never fails: what
 * a foreign or hostile client wrote into a header of ours and cannot be read counts as absent.
 */
final class EnvelopeMapper {
  private static final String ATTEMPT = "comms-attempt";
  private static final String EXPIRES = "comms-expires";
  private static final String ISSUED = "comms-issued";
  private static final String FIRST_ENQUEUED = "comms-first-enqueued";
  private static final String REDRIVE = "comms-redrive";
  private static final String KEY = "comms-key";
  private static final String ERROR_CLASS = "comms-error-class";
  private static final String ERROR_MESSAGE = "comms-error-message";
  private static final String ERROR_STACK = "comms-error-stack";
  private static final String ERROR_AT = "comms-error-at";
  private static final String ERROR_HOST = "comms-error-host";
  private static final String ERROR_REASON = "comms-error-reason";
  private static final Set<String> OURS =
      Set.of(
          ATTEMPT,
          EXPIRES,
          ISSUED,
          FIRST_ENQUEUED,
          REDRIVE,
          KEY,
          ERROR_CLASS,
          ERROR_MESSAGE,
          ERROR_STACK,
          ERROR_AT,
          ERROR_HOST,
          ERROR_REASON);

  private static final String DELIVERY_COUNT = "x-delivery-count";

  /**
   * What the broker wrote on the old message. A copy must not carry it: x-death makes brokers
   * before 4.0.1 drop it as a cycle in the delay levels, CC and BCC would send it elsewhere too.
   */
  private static final Set<String> BROKERS =
      Set.of("x-death", DELIVERY_COUNT, "x-acquired-count", "cc", "bcc");

  private static final int PERSISTENT = 2;
  private static final int LONGEST_SHORT_STRING = 255;
  private static final int MOST_BODY = 16 * 1024 * 1024; // the default limit since 4.0
  private static final int MOST_COUNT = 1_000_000;

  private EnvelopeMapper() {}

  /**
   * A new task.
   *
   * @throws CommsException.Malformed if it is more than AMQP or the broker takes
   */
  static BasicProperties fresh(Envelope message) {
    Map<String, Object> headers = new LinkedHashMap<>();
    message.headers().forEach((name, value) -> putForeign(headers, name, value));
    check(message, Headers.size(headers));
    headers.put(ATTEMPT, 1);
    headers.put(FIRST_ENQUEUED, message.time().toEpochMilli());
    Instant expires = message.expires();
    if (expires != null) {
      headers.put(EXPIRES, expires.toEpochMilli());
      headers.put(ISSUED, message.time().toEpochMilli());
    }
    if (message.key() != null) {
      headers.put(KEY, message.key());
    }
    return new BasicProperties.Builder()
        .messageId(message.id())
        .type(message.contract())
        .contentType(message.contentType())
        .timestamp(Date.from(message.time()))
        .deliveryMode(PERSISTENT)
        .headers(headers)
        .build();
  }

  /** What was delivered from a contract's queue; a body and a content type are enough. */
  static Envelope envelope(String contract, BasicProperties from, byte[] body, Instant now) {
    Map<String, Object> headers = headers(from);
    String id = from.getMessageId();
    String type = from.getContentType();
    Long expires = number(headers, EXPIRES);
    Envelope plain =
        Envelope.of(
            id == null || id.isEmpty() ? UUID.randomUUID().toString() : id,
            contract,
            type == null ? "application/octet-stream" : type,
            time(from, headers, now),
            body);
    return plain
        .headers(texts(headers))
        .key(text(headers, KEY))
        .expires(expires == null ? null : Instant.ofEpochMilli(expires));
  }

  static int attempt(BasicProperties from) {
    return count(headers(from), ATTEMPT, 1);
  }

  static int redrive(BasicProperties from) {
    return count(headers(from), REDRIVE, 0);
  }

  /** How often the broker took it back from a consumer, or -1 if it does not say. */
  static int returns(BasicProperties from) {
    return count(headers(from), DELIVERY_COUNT, -1);
  }

  /** A copy for the next attempt. */
  static BasicProperties retried(BasicProperties from, String id, CommsException why, Instant now) {
    Map<String, Object> headers = copied(from);
    headers.put(ATTEMPT, Math.min(attempt(from), MOST_COUNT - 1) + 1);
    headers.remove(ERROR_REASON);
    putError(headers, why, now);
    return copy(from, id, headers);
  }

  /** A copy for the dead letters. */
  static BasicProperties dead(
      BasicProperties from, String id, String reason, CommsException why, Instant now) {
    Map<String, Object> headers = copied(from);
    headers.put(ATTEMPT, attempt(from));
    headers.put(ERROR_REASON, Headers.cut(reason, Headers.MOST_MESSAGE));
    putError(headers, why, now);
    return copy(from, id, headers);
  }

  /** A copy that begins anew. */
  static BasicProperties redriven(BasicProperties from, String id) {
    Map<String, Object> headers = copied(from);
    headers.keySet().removeIf(name -> name.startsWith("comms-error-"));
    headers.put(ATTEMPT, 1);
    headers.put(REDRIVE, Math.min(redrive(from), MOST_COUNT - 1) + 1);
    return copy(from, id, headers);
  }

  /** A dead letter, moved here by us or by the broker. */
  static Letter letter(String contract, BasicProperties from, byte[] body, Instant now) {
    Map<String, Object> headers = headers(from);
    String reason = text(headers, ERROR_REASON);
    String error = text(headers, ERROR_MESSAGE);
    String broker = brokersReason(headers);
    return new Letter(
        envelope(contract, from, body, now),
        reason != null ? reason : broker,
        error != null ? error : "moved here by the broker: " + broker,
        attempt(from),
        redrive(from));
  }

  private static void check(Envelope message, int headers) {
    String wrong = null;
    if (Headers.bytes(message.id()) > LONGEST_SHORT_STRING || message.id().isEmpty()) {
      wrong = "its id has " + Headers.bytes(message.id()) + " bytes but must have 1 to 255";
    } else if (Headers.bytes(message.contentType()) > LONGEST_SHORT_STRING) {
      wrong = "its content type is longer than 255 bytes; shorten it";
    } else if (message.key() != null && Headers.bytes(message.key()) > Headers.MOST_KEY) {
      wrong = "its key is longer than " + Headers.MOST_KEY + " bytes; shorten it";
    } else if (headers > Headers.MOST_FOREIGN) {
      wrong =
          "its headers take "
              + headers
              + " bytes but may take "
              + Headers.MOST_FOREIGN
              + "; put them into the body";
    } else if (message.body().length > MOST_BODY) {
      wrong =
          "its body has "
              + message.body().length
              + " bytes but may have "
              + MOST_BODY
              + "; store it elsewhere and submit where it is";
    }
    if (wrong != null) {
      throw Failures.malformed(message.contract(), wrong, null);
    }
  }

  private static BasicProperties copy(
      BasicProperties from, String id, Map<String, Object> headers) {
    // No expiration: it would end the wait in a delay level. No user id: the broker compares it.
    return from.builder()
        .messageId(id)
        .deliveryMode(PERSISTENT)
        .expiration(null)
        .userId(null)
        .headers(headers)
        .build();
  }

  /** The headers that a copy keeps: ours, and foreign ones of any type as far as they fit. */
  private static Map<String, Object> copied(BasicProperties from) {
    Map<String, Object> all = headers(from);
    Map<String, Object> kept = new LinkedHashMap<>();
    all.forEach((name, value) -> keep(kept, name, value, OURS.contains(name)));
    all.forEach((name, value) -> keep(kept, name, value, !OURS.contains(name)));
    return kept;
  }

  private static void keep(
      Map<String, Object> kept, String name, @Nullable Object value, boolean wanted) {
    if (wanted
        && !isBrokers(name)
        && Headers.size(kept) + Headers.size(name, value) <= Headers.MOST_COPIED) {
      kept.put(name, value);
    }
  }

  private static void putError(Map<String, Object> headers, CommsException why, Instant now) {
    headers.put(ERROR_CLASS, why.kind().name());
    headers.put(ERROR_MESSAGE, Headers.cut(why.reason(), Headers.MOST_MESSAGE));
    headers.put(ERROR_STACK, Headers.stack(why));
    headers.put(ERROR_AT, now.toEpochMilli());
    headers.put(ERROR_HOST, Headers.host());
  }

  private static void putForeign(Map<String, Object> headers, String name, String value) {
    boolean fits = !name.isEmpty() && Headers.bytes(name) <= LONGEST_SHORT_STRING;
    if (fits && !OURS.contains(name) && !isBrokers(name)) {
      headers.put(name, value);
    }
  }

  private static Map<String, String> texts(Map<String, Object> headers) {
    Map<String, String> texts = new HashMap<>();
    headers.forEach(
        (name, value) -> {
          String text = Headers.text(value);
          if (text != null && !OURS.contains(name) && !isBrokers(name)) {
            texts.put(name.toLowerCase(Locale.ROOT), text);
          }
        });
    return texts;
  }

  private static boolean isBrokers(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return BROKERS.contains(lower)
        || lower.startsWith("x-first-death-")
        || lower.startsWith("x-last-death-");
  }

  private static Instant time(BasicProperties from, Map<String, Object> headers, Instant now) {
    Long issued = number(headers, ISSUED);
    Long exact = issued != null ? issued : number(headers, FIRST_ENQUEUED);
    if (exact != null) {
      return Instant.ofEpochMilli(exact);
    }
    Date stamp = from.getTimestamp();
    return stamp == null ? now : stamp.toInstant();
  }

  private static String brokersReason(Map<String, Object> headers) {
    Object reason = null;
    if (headers.get("x-death") instanceof List<?> deaths
        && !deaths.isEmpty()
        && deaths.get(0) instanceof Map<?, ?> latest) {
      reason = latest.get("reason");
    }
    String text = reason == null ? "unknown" : String.valueOf(reason);
    return text.equals("delivery_limit") ? "crashes" : text;
  }

  private static Map<String, Object> headers(BasicProperties from) {
    return from.getHeaders() == null ? Map.of() : from.getHeaders();
  }

  private static @Nullable String text(Map<String, Object> headers, String name) {
    return Headers.text(headers.get(name));
  }

  private static int count(Map<String, Object> headers, String name, int absent) {
    Long value = number(headers, name);
    if (value == null || value < Math.max(0, absent) || value > MOST_COUNT) {
      return absent;
    }
    return value.intValue();
  }

  private static @Nullable Long number(Map<String, Object> headers, String name) {
    return Headers.number(headers.get(name));
  }
}
