package dev.comms;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** What a user's header may look like, so that no transport has to split or refuse it later. */
final class Headers {
  private static final Pattern NAME = Pattern.compile("[a-z0-9_.-]{1,100}");
  private static final Pattern VALUE = Pattern.compile("(?! )[\\x20-\\x7e]{0,4096}(?<! )");

  /** Leaves room for the trace and the transport's own below the 8 KiB that gRPC takes. */
  private static final int MOST = 6_144;

  private Headers() {}

  static String name(String name) {
    Objects.requireNonNull(name, "header: the name is null; leave the header out");
    if (!NAME.matcher(name).matches() || reserved(name)) {
      throw new IllegalArgumentException(
          "header name '"
              + name.replaceAll("\\p{Cntrl}", "?")
              + "' is not 1 to 100 of [a-z0-9_.-], or is reserved: grpc-..., comms-... and ...-bin");
    }
    return name;
  }

  /** What ends in -bin is binary in gRPC, which refuses text there. */
  private static boolean reserved(String name) {
    return name.startsWith("grpc-") || name.startsWith("comms-") || name.endsWith("-bin");
  }

  /** All headers of one message, as a peer counts them: 32 bytes more for each. */
  static Map<String, String> all(Map<String, String> headers) {
    int total = 0;
    for (Map.Entry<String, String> one : headers.entrySet()) {
      total += one.getKey().length() + one.getValue().length() + 32;
    }
    if (total > MOST) {
      throw new IllegalArgumentException(
          "headers: the "
              + headers.size()
              + " of them take "
              + total
              + " bytes but may take "
              + MOST
              + ", since many peers refuse more than 8 KiB; put large values into the payload");
    }
    return Map.copyOf(headers);
  }

  static String value(String name, String value) {
    Objects.requireNonNull(value, () -> "header " + name + ": the value is null; leave it out");
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "header "
              + name
              + ": the value must be at most 4096 printable ASCII characters,"
              + " no space at either end");
    }
    return value;
  }
}
