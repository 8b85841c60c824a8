package dev.comms.rabbit;

import com.rabbitmq.client.LongString;
import dev.comms.contract.CommsException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of headers: read without ever failing, and measured, since all properties and headers of a
 * message must fit into one frame (131,072 bytes unless negotiated lower).
 */
final class Headers {
  /** What a sender's own headers may take. */
  static final int MOST_FOREIGN = 32 * 1_024;

  static final int MOST_KEY = 4 * 1_024;
  static final int MOST_MESSAGE = 1_024;

  /** What a copy keeps: a sender's headers, its key, and our former error headers. */
  static final int MOST_COPIED = 64 * 1_024;

  private static final int MOST_STACK = 8 * 1_024;
  private static final int OVERHEAD = 6; // length of the name, type, length of the value
  private static final long MOST_EPOCH_MILLIS = 253_402_300_799_999L; // the year 9999

  private Headers() {}

  /** Texts, numbers and booleans; null for what has no plain text. */
  static @Nullable String text(@Nullable Object value) {
    boolean plain =
        value instanceof LongString
            || value instanceof String
            || value instanceof Number
            || value instanceof Boolean;
    return plain ? String.valueOf(value) : null;
  }

  /** A whole number that is not negative and no time after the year 9999; null for all else. */
  static @Nullable Long number(@Nullable Object value) {
    String text = value instanceof LongString big && big.length() > 20 ? null : text(value);
    try {
      Long number = text == null ? null : Long.valueOf(text.trim());
      return number == null || number < 0 || number > MOST_EPOCH_MILLIS ? null : number;
    } catch (NumberFormatException none) {
      return null;
    }
  }

  static int size(Map<String, Object> headers) {
    int sum = 0;
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      sum += size(header.getKey(), header.getValue());
    }
    return sum;
  }

  static int size(String name, @Nullable Object value) {
    return OVERHEAD + bytes(name) + size(value);
  }

  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** At most so many bytes of UTF-8, never half a character. */
  static String cut(String text, int most) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    if (all.length <= most) {
      return text;
    }
    int end = most;
    while (end > 0 && (all[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(all, 0, end, StandardCharsets.UTF_8);
  }

  /** The stack of what was underneath, capped. */
  static String stack(CommsException why) {
    Throwable shown = why.getCause() == null ? why : why.getCause();
    StringWriter text = new StringWriter();
    try {
      shown.printStackTrace(new PrintWriter(text));
    } catch (RuntimeException hostile) { // a failure whose own message cannot be made
      return shown.getClass().getName();
    }
    return cut(text.toString(), MOST_STACK);
  }

  static String host() {
    return HostName.VALUE;
  }

  private static int size(@Nullable Object value) {
    if (value instanceof LongString text) {
      return (int) Math.min(Integer.MAX_VALUE / 2, text.length());
    }
    if (value instanceof String text) {
      return bytes(text);
    }
    if (value instanceof byte[] raw) {
      return raw.length;
    }
    int sum = 8; // numbers, times, booleans, nothing
    if (value instanceof Map<?, ?> table) {
      for (Map.Entry<?, ?> entry : table.entrySet()) {
        sum += size(String.valueOf(entry.getKey()), entry.getValue());
      }
    } else if (value instanceof Collection<?> list) {
      for (Object each : list) {
        sum += 1 + size(each);
      }
    }
    return sum;
  }

  /** Looked up once: it may ask a name server. */
  private static final class HostName {
    static final String VALUE = find();

    private static String find() {
      try {
        return cut(InetAddress.getLocalHost().getHostName(), 255);
      } catch (UnknownHostException unnamed) {
        return "unknown";
      }
    }
  }
}
