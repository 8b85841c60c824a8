package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The only file that knows the names of fields: the attributes of CloudEvents 1.0, the body in
 * {@code data}. An entry with nothing but {@code data} is valid; what is missing or unreadable is
 * filled in from the entry's id.
 */
final class EnvelopeMapper {
  private static final String ID = "id";
  private static final String TYPE = "type";
  private static final String SOURCE = "source";
  private static final String SPEC = "specversion";
  private static final String TIME = "time";
  private static final String CONTENT_TYPE = "datacontenttype";
  private static final String KEY = "key";
  private static final String EXPIRES = "expires";
  private static final String DATA = "data";
  private static final String HEADER = "h:";
  private static final String ATTEMPT = "attempt";
  private static final String REDRIVE = "redrive";
  private static final String CRASHES = "crashes";
  private static final String ERROR = "error";
  private static final String REASON = "reason";
  private static final int MOST_FIELDS = 1_000;
  private static final int MOST_ERROR = 2_000;

  private final byte[] source;

  EnvelopeMapper(String service) {
    this.source = bytes(service);
  }

  /** The fields of a new entry. */
  Map<String, byte[]> fields(Envelope message) {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put(SPEC, bytes("1.0"));
    fields.put(ID, bytes(message.id()));
    fields.put(TYPE, bytes(message.contract()));
    fields.put(SOURCE, source);
    fields.put(TIME, bytes(message.time().toString()));
    fields.put(CONTENT_TYPE, bytes(message.contentType()));
    String key = message.key();
    if (key != null) {
      fields.put(KEY, bytes(key));
    }
    Instant expires = message.expires();
    if (expires != null) {
      fields.put(EXPIRES, bytes(Long.toString(expires.toEpochMilli())));
    }
    message.headers().forEach((name, value) -> fields.put(HEADER + name, bytes(value)));
    fields.put(DATA, message.body());
    return fields;
  }

  /** The entry as a message; never fails, see {@link #problem}. */
  static Envelope envelope(String contract, Entry entry) {
    Map<String, byte[]> fields = entry.fields();
    Map<String, String> headers = new HashMap<>();
    fields.forEach(
        (name, value) -> {
          if (name.startsWith(HEADER)) {
            headers.put(name.substring(HEADER.length()), string(value));
          }
        });
    Envelope plain =
        Envelope.of(
            text(fields, ID, entry.id()),
            contract,
            text(fields, CONTENT_TYPE, "application/octet-stream"),
            time(entry),
            fields.getOrDefault(DATA, new byte[0]));
    byte[] key = fields.get(KEY);
    long expires = number(fields, EXPIRES);
    return plain
        .key(key == null ? null : string(key))
        .expires(expires == 0 ? null : Instant.ofEpochMilli(expires))
        .headers(headers);
  }

  /** Why no handler can be given this entry, or null. */
  static @Nullable String problem(Entry entry) {
    if (!entry.fields().containsKey(DATA)) {
      return "the entry " + entry.id() + " has no field 'data', which holds the body";
    }
    return entry.fields().size() > MOST_FIELDS
        ? "the entry " + entry.id() + " has more than " + MOST_FIELDS + " fields"
        : null;
  }

  static int attempt(Entry entry) {
    return Math.max(1, small(entry, ATTEMPT));
  }

  static int redrive(Entry entry) {
    return small(entry, REDRIVE);
  }

  /** Those of earlier copies of this entry, and of this one: each delivery but the first. */
  static int crashes(Entry entry) {
    long all = small(entry, CRASHES) + Math.max(0, entry.deliveries() - 1);
    return (int) Math.min(all, Integer.MAX_VALUE);
  }

  /** What changes in the copy that is the next attempt. */
  static List<byte[]> nextAttempt(Entry entry, CommsException why) {
    return pairs(ATTEMPT, attempt(entry) + 1, CRASHES, "", ERROR, error(why));
  }

  /** What changes in a copy that is given back: nothing but where the crashes are counted. */
  static List<byte[]> givenBack(Entry entry) {
    int crashes = crashes(entry);
    return pairs(CRASHES, crashes == 0 ? "" : crashes);
  }

  static List<byte[]> deadLetter(Entry entry, String reason, CommsException why) {
    return pairs(
        REASON, reason, ERROR, error(why), ATTEMPT, attempt(entry), CRASHES, crashes(entry));
  }

  static List<byte[]> redriven(Entry entry) {
    return pairs(REDRIVE, redrive(entry) + 1, REASON, "", ERROR, "", ATTEMPT, "", CRASHES, "");
  }

  static Letter letter(String contract, Entry entry) {
    return new Letter(
        envelope(contract, entry),
        text(entry.fields(), REASON, ""),
        text(entry.fields(), ERROR, ""),
        attempt(entry),
        redrive(entry));
  }

  private static String error(CommsException why) {
    String text = why.kind() + ": " + why.reason();
    return text.length() > MOST_ERROR ? text.substring(0, MOST_ERROR) : text;
  }

  /** Names and values for the scripts; an empty value takes the field away. */
  private static List<byte[]> pairs(Object... pairs) {
    List<byte[]> all = new ArrayList<>(pairs.length);
    for (Object part : pairs) {
      all.add(bytes(part.toString()));
    }
    return all;
  }

  private static Instant time(Entry entry) {
    try {
      return Instant.parse(text(entry.fields(), TIME, ""));
    } catch (DateTimeException missing) {
      return Instant.ofEpochMilli(entry.millis());
    }
  }

  private static String text(Map<String, byte[]> fields, String name, String otherwise) {
    byte[] value = fields.get(name);
    return value == null || value.length == 0 ? otherwise : string(value);
  }

  private static int small(Entry entry, String name) {
    return (int) Math.min(1_000_000, number(entry.fields(), name));
  }

  /** A positive number, or 0. */
  private static long number(Map<String, byte[]> fields, String name) {
    try {
      return Math.max(0, Long.parseLong(text(fields, name, "0")));
    } catch (NumberFormatException foreign) {
      return 0;
    }
  }

  private static String string(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
