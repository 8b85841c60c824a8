package dev.comms.rabbit;

import dev.comms.contract.CommsException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How to reach a RabbitMQ. Immutable; every instance is valid.
 *
 * @param uri {@code amqp://user:password@host:port/vhost}, or {@code amqps} for TLS with the JVM's
 *     trusted certificates and a check of the host's name
 * @param confirmedWithin how long a confirm may take: more than 0, at most 10 min
 * @param namespace what all names on the broker begin with: 1 to 40 of {@code [a-zA-Z0-9_-]};
 *     services of the same namespace share their tasks
 * @param connectionTimeout how long one attempt to connect may take: 1 ms to 2 min
 * @param heartbeat how often both sides show that they live: 1 to 60 s
 * @param window the most messages sent and not yet confirmed: 1 to 65,536
 * @param backlog the most messages that wait to be sent; beyond it submitting fails as {@code
 *     Overloaded}: 1 to 1,000,000
 */
public record RabbitConfig(
    String uri,
    Duration confirmedWithin,
    String namespace,
    Duration connectionTimeout,
    Duration heartbeat,
    int window,
    int backlog) {
  private static final Pattern NAMESPACE = Pattern.compile("[a-zA-Z0-9_-]{1,40}");
  private static final Duration LONGEST_CONFIRM = Duration.ofMinutes(10);
  private static final Duration LONGEST_CONNECT = Duration.ofMinutes(2);

  /**
   * Checks everything and reports all that is wrong at once.
   *
   * @throws CommsException.Misconfigured if anything is wrong; never with a user or password
   */
  public RabbitConfig {
    List<String> wrong = new ArrayList<>();
    checkUri(uri, wrong);
    checkRange("confirmedWithin", confirmedWithin, Duration.ofNanos(1), LONGEST_CONFIRM, wrong);
    if (namespace == null || !NAMESPACE.matcher(namespace).matches()) {
      wrong.add("namespace '" + namespace + "' is not 1 to 40 of [a-zA-Z0-9_-]");
    }
    checkRange(
        "connectionTimeout", connectionTimeout, Duration.ofMillis(1), LONGEST_CONNECT, wrong);
    checkRange("heartbeat", heartbeat, Duration.ofSeconds(1), Duration.ofMinutes(1), wrong);
    checkRange("window", window, 65_536, wrong);
    checkRange("backlog", backlog, 1_000_000, wrong);
    if (!wrong.isEmpty()) {
      throw new CommsException.Misconfigured("rabbitmq", String.join("; ", wrong));
    }
  }

  /** First stage: the address. There is no configuration without the limit of a confirm. */
  public static Address at(String uri) {
    return new Address(uri);
  }

  /** An address that still lacks its limit. */
  public static final class Address {
    private final String uri;

    private Address(String uri) {
      this.uri = uri;
    }

    /**
     * Names how long a confirm may take: more than 0, at most 10 min.
     *
     * @throws CommsException.Misconfigured if the limit or the URI is wrong
     */
    public RabbitConfig confirmedWithin(Duration limit) {
      return new RabbitConfig(
          uri, limit, "comms", Duration.ofSeconds(5), Duration.ofSeconds(10), 1_024, 65_536);
    }
  }

  public RabbitConfig namespace(String value) {
    return new RabbitConfig(
        uri, confirmedWithin, value, connectionTimeout, heartbeat, window, backlog);
  }

  public RabbitConfig connectionTimeout(Duration value) {
    return new RabbitConfig(uri, confirmedWithin, namespace, value, heartbeat, window, backlog);
  }

  public RabbitConfig heartbeat(Duration value) {
    return new RabbitConfig(
        uri, confirmedWithin, namespace, connectionTimeout, value, window, backlog);
  }

  public RabbitConfig window(int most) {
    return new RabbitConfig(
        uri, confirmedWithin, namespace, connectionTimeout, heartbeat, most, backlog);
  }

  public RabbitConfig backlog(int most) {
    return new RabbitConfig(
        uri, confirmedWithin, namespace, connectionTimeout, heartbeat, window, most);
  }

  /** Host and port, for messages. */
  String address() {
    URI parsed = URI.create(uri);
    int port = parsed.getPort() > 0 ? parsed.getPort() : tls() ? 5671 : 5672;
    return parsed.getHost() + ":" + port;
  }

  boolean tls() {
    return uri.regionMatches(true, 0, "amqps:", 0, 6);
  }

  /** The default one if the URI names none; a lone slash at the end names none either. */
  String virtualHost() {
    String path = URI.create(uri).getRawPath();
    return path == null || path.length() < 2
        ? "/"
        : URLDecoder.decode(path.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The URI without user and password. */
  String shownUri() {
    return shown(uri);
  }

  @Override
  public String toString() {
    return "rabbitmq "
        + shownUri()
        + ", namespace "
        + namespace
        + ", confirmed within "
        + confirmedWithin;
  }

  private static String shown(String uri) {
    String printable = uri.replaceAll("\\p{Cntrl}", "?");
    // Greedy up to the last '@': a password with '@' or '/' in it must not show either.
    int at = printable.lastIndexOf('@');
    int slashes = printable.indexOf("//");
    if (at > slashes && slashes >= 0) {
      return printable.substring(0, slashes + 2) + "***" + printable.substring(at);
    }
    return at >= 0 ? "***" + printable.substring(at) : printable;
  }

  private static void checkUri(String uri, List<String> wrong) {
    if (uri == null || uri.isBlank()) {
      wrong.add("the URI is empty; give one such as amqp://user:password@host:5672/vhost");
      return;
    }
    String fix = "; it must look like amqp://user:password@host:5672/vhost";
    try {
      URI parsed = new URI(uri);
      String scheme = parsed.getScheme();
      if (!"amqp".equalsIgnoreCase(scheme) && !"amqps".equalsIgnoreCase(scheme)) {
        wrong.add("the URI '" + shown(uri) + "' has not the scheme amqp or amqps" + fix);
      } else if (parsed.getHost() == null) {
        wrong.add("the URI '" + shown(uri) + "' names no host" + fix);
      } else if (parsed.getPort() == 0 || parsed.getPort() > 65_535) {
        wrong.add("the URI '" + shown(uri) + "' has a port outside of 1 to 65535" + fix);
      } else if (parsed.getRawPath() != null && parsed.getRawPath().lastIndexOf('/') > 0) {
        wrong.add("the URI '" + shown(uri) + "' has a '/' in its virtual host; write it as %2f");
      }
    } catch (URISyntaxException bad) {
      wrong.add("the URI '" + shown(uri) + "' is not one (" + bad.getReason() + ")" + fix);
    }
  }

  private static void checkRange(
      String what, Duration value, Duration least, Duration most, List<String> wrong) {
    if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      wrong.add(what + " is " + value + " but must be " + least + " to " + most);
    }
  }

  private static void checkRange(String what, int value, int most, List<String> wrong) {
    if (value < 1 || value > most) {
      wrong.add(what + " is " + value + " but must be 1 to " + most);
    }
  }
}
