package dev.comms.redis;

import dev.comms.contract.CommsException.Misconfigured;
import io.lettuce.core.RedisURI;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a Redis and how to use it. Immutable; each value is checked when it is made, and all
 * that is wrong is reported at once as {@link Misconfigured}. {@code toString} shows no password.
 *
 * @param uri {@code redis://[[user]:password@]host[:port][/database]}, {@code rediss://} for TLS
 * @param confirmedWithin how long the server may take to confirm a task or an event: 1 ms to 10 min
 * @param namespace the first part of every key: 1 to 60 of {@code [a-zA-Z0-9._-]}; services that
 *     talk to each other name the same
 * @param lease how long a process may be silent before others take what it has not settled: 500 ms
 *     to 1 h; it is renewed every third of it, so handlers may take longer
 * @param inFlight the most unconfirmed submissions and publications: 1 to 50,000; more are {@code
 *     Overloaded}
 */
public record RedisConfig(
    String uri, Duration confirmedWithin, String namespace, Duration lease, int inFlight) {
  private static final Pattern NAMESPACE = Pattern.compile("[a-zA-Z0-9._-]{1,60}");
  private static final Set<String> KEYS =
      new TreeSet<>(Set.of("uri", "confirmed-within", "namespace", "lease", "in-flight"));
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final int IN_FLIGHT = 4_096;

  public RedisConfig {
    List<String> wrong = new ArrayList<>();
    checkUri(uri, wrong);
    between(
        "confirmed-within", confirmedWithin, Duration.ofMillis(1), Duration.ofMinutes(10), wrong);
    if (!NAMESPACE.matcher(namespace).matches()) {
      wrong.add("namespace is '" + namespace + "' but must be 1 to 60 of [a-zA-Z0-9._-]");
    }
    between("lease", lease, Duration.ofMillis(500), Duration.ofHours(1), wrong);
    if (inFlight < 1 || inFlight > 50_000) {
      wrong.add("in-flight is " + inFlight + " but must be 1 to 50000");
    }
    refuse(wrong);
  }

  /** First stage: where the server is. */
  public static Located at(String uri) {
    return new Located(uri);
  }

  /** A server without its limit is no configuration yet. */
  public static final class Located {
    private final String uri;

    private Located(String uri) {
      this.uri = uri;
    }

    /** Names how long the server may take to confirm a task or an event: 1 ms to 10 min. */
    public RedisConfig confirmedWithin(Duration limit) {
      return new RedisConfig(uri, limit, "comms", LEASE, IN_FLIGHT);
    }
  }

  /**
   * From names and texts, as read from properties: {@code uri} and {@code confirmed-within} are
   * mandatory; {@code namespace}, {@code lease} and {@code in-flight} are not. Durations are as in
   * ISO 8601: {@code PT5S}.
   */
  public static RedisConfig from(Map<String, String> values) {
    List<String> wrong = new ArrayList<>();
    for (String key : new TreeSet<>(values.keySet())) {
      if (!KEYS.contains(key)) {
        wrong.add("'" + key + "' is no setting; there are " + KEYS);
      }
    }
    String uri = values.get("uri");
    if (uri == null) {
      wrong.add("uri is missing; name one such as redis://host:6379");
      uri = "redis://unnamed";
    }
    Duration confirmed = duration(values, "confirmed-within", null, wrong);
    Duration lease = duration(values, "lease", LEASE, wrong);
    int inFlight = number(values, wrong);
    try {
      RedisConfig config =
          new RedisConfig(
              uri, confirmed, values.getOrDefault("namespace", "comms"), lease, inFlight);
      refuse(wrong);
      return config;
    } catch (Misconfigured more) {
      if (wrong.isEmpty()) {
        throw more;
      }
      wrong.add(more.reason());
      throw new Misconfigured("redis", String.join("; ", wrong));
    }
  }

  public RedisConfig namespace(String name) {
    return new RedisConfig(uri, confirmedWithin, name, lease, inFlight);
  }

  public RedisConfig lease(Duration silence) {
    return new RedisConfig(uri, confirmedWithin, namespace, silence, inFlight);
  }

  public RedisConfig inFlight(int most) {
    return new RedisConfig(uri, confirmedWithin, namespace, lease, most);
  }

  /** Host and port, for messages and facts: never the user, the password or the query. */
  String address() {
    URI parsed = URI.create(uri);
    return parsed.getHost() + ":" + (parsed.getPort() < 0 ? 6379 : parsed.getPort());
  }

  @Override
  public String toString() {
    return "RedisConfig["
        + address()
        + ", confirmedWithin="
        + confirmedWithin
        + ", namespace="
        + namespace
        + ", lease="
        + lease
        + ", inFlight="
        + inFlight
        + "]";
  }

  private static void checkUri(String uri, List<String> wrong) {
    String fix = "; name one such as redis://host:6379 or rediss://user:password@host:6380/0";
    try {
      URI parsed = new URI(uri);
      String scheme = String.valueOf(parsed.getScheme());
      if (!scheme.equals("redis") && !scheme.equals("rediss")) {
        // The value is not shown: an unknown form may hold a password anywhere.
        wrong.add("uri has the scheme '" + scheme + "' but must have redis or rediss" + fix);
      } else if (parsed.getHost() == null) {
        wrong.add("uri names no host" + fix);
      } else {
        RedisURI.create(uri);
      }
    } catch (URISyntaxException | IllegalArgumentException malformed) {
      wrong.add("uri cannot be parsed (its value is not shown, it may hold a password)" + fix);
    }
  }

  private static void between(
      String name, Duration value, Duration least, Duration most, List<String> wrong) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      wrong.add(name + " is " + value + " but must be " + least + " to " + most);
    }
  }

  private static Duration duration(
      Map<String, String> values, String name, @Nullable Duration otherwise, List<String> wrong) {
    String text = values.get(name);
    Duration valid = Duration.ofSeconds(5);
    if (text == null) {
      if (otherwise == null) {
        wrong.add(name + " is missing; name one such as PT5S");
      }
      return otherwise == null ? valid : otherwise;
    }
    try {
      return Duration.parse(text.strip());
    } catch (DateTimeParseException malformed) {
      wrong.add(name + " is '" + text + "' but must be a duration such as PT5S");
      return valid;
    }
  }

  private static int number(Map<String, String> values, List<String> wrong) {
    String text = values.get("in-flight");
    try {
      return text == null ? IN_FLIGHT : Integer.parseInt(text.strip());
    } catch (NumberFormatException malformed) {
      wrong.add("in-flight is '" + text + "' but must be a number such as " + IN_FLIGHT);
      return IN_FLIGHT;
    }
  }

  private static void refuse(List<String> wrong) {
    if (!wrong.isEmpty()) {
      throw new Misconfigured("redis", String.join("; ", wrong));
    }
  }
}
