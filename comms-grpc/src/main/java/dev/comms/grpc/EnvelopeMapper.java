package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Envelope;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Envelope to metadata and back; the only file that knows metadata names. A request's id travels as
 * {@code comms-id}, which is optional; every header of the envelope travels under its own name.
 */
final class EnvelopeMapper {
  /** What headers may take: servers accept 8 KiB by default, and gRPC needs some of it. */
  static final int MOST_HEADER_BYTES = 7 * 1024;

  /** For {@link Bearer} and authorizers; it is no header, so no handler passes it on or logs it. */
  static final Metadata.Key<String> AUTHORIZATION = key("authorization");

  private static final Metadata.Key<String> ID = key("comms-id");
  private static final Metadata.Key<String> PUSHBACK = key("grpc-retry-pushback-ms");

  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_ID = 200;
  private static final Set<String> RESERVED =
      Set.of(
          "accept-encoding",
          "authorization",
          "comms-id",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "host",
          "proxy-authorization",
          "te",
          "transfer-encoding",
          "upgrade",
          "user-agent");
  // RFC 9113, section 6.5.2: each field counts 32 octets more than its name and value.
  private static final int PER_FIELD = 32;

  private EnvelopeMapper() {}

  /** The metadata of a request. */
  static Metadata request(Envelope envelope) {
    Metadata metadata = reply(envelope);
    if (carriedId(envelope.id())) {
      metadata.put(ID, envelope.id());
    }
    return metadata;
  }

  /**
   * The metadata of a reply.
   *
   * @throws CommsException.Malformed if a header cannot be carried; it names the header, and never
   *     its value, which may be a secret
   */
  static Metadata reply(Envelope envelope) {
    Metadata metadata = new Metadata();
    int bytes = 0;
    for (Map.Entry<String, String> header : envelope.headers().entrySet()) {
      check(envelope.contract(), header.getKey(), header.getValue());
      bytes += header.getKey().length() + header.getValue().length() + PER_FIELD;
      metadata.put(key(header.getKey()), header.getValue());
    }
    if (bytes > MOST_HEADER_BYTES) {
      throw malformed(
          envelope.contract(),
          "the headers take "
              + bytes
              + " bytes but at most "
              + MOST_HEADER_BYTES
              + " can be carried; put what is large into the payload");
    }
    return metadata;
  }

  /** What a peer sent; a request without an id, from a foreign client, is given one. */
  static Envelope toEnvelope(
      String contract, String contentType, Metadata metadata, byte[] body, Instant now) {
    String id = metadata.get(ID);
    String safe = id != null && carriedId(id) ? id : newId();
    return Envelope.of(safe, contract, contentType, now, body).headers(headers(metadata));
  }

  /** The headers of a reply, from what came before and after the message. */
  static Map<String, String> headers(Metadata... parts) {
    Map<String, String> headers = new HashMap<>();
    for (Metadata part : parts) {
      for (String name : part.keys()) {
        String value = carried(name) ? part.get(key(name)) : null;
        if (value != null) {
          headers.put(name, value);
        }
      }
    }
    return headers;
  }

  /** What an authorizer may see: all that a handler may, and what only it should. */
  static Map<String, String> shown(Metadata metadata) {
    Map<String, String> shown = headers(metadata);
    String authorization = metadata.get(AUTHORIZATION);
    if (authorization != null) {
      shown.put(AUTHORIZATION.name(), authorization);
    }
    return shown;
  }

  /** Whether this name is HTTP/2's or gRPC's own, which are set for each message anew. */
  static boolean reserved(String name) {
    return RESERVED.contains(name);
  }

  /** Headers of a reply for a stub, but for those that gRPC cannot carry. */
  static Metadata metadata(Map<String, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach(
        (name, value) -> {
          if (carried(name) && carriedValue(value)) {
            metadata.put(key(name), value);
          }
        });
    return metadata;
  }

  /** How long a server asked to wait (gRFC A6), or null. */
  static @Nullable Duration pushback(Metadata trailers) {
    String millis = trailers.get(PUSHBACK);
    return millis != null && millis.matches("[0-9]{1,9}")
        ? Duration.ofMillis(Long.parseLong(millis))
        : null;
  }

  private static void check(String contract, String name, String value) {
    if (!carried(name)) {
      throw malformed(
          contract,
          "header name '"
              + name.replaceAll("[^ -~]", "?")
              + "' cannot be carried by gRPC; use 1 to 100 of [a-z0-9_.-], no reserved name"
              + " (a token goes by bearer(..)),"
              + " no prefix 'grpc-' and no suffix '-bin'");
    }
    if (!carriedValue(value)) {
      throw malformed(
          contract,
          "the value of header '"
              + name
              + "' is not printable ASCII without spaces at its ends; percent-encode it");
    }
  }

  // Every message comes here several times, and a regular expression costs more than its headers.
  private static boolean carried(String name) {
    return isName(name)
        && !name.startsWith("grpc-")
        && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
        && !RESERVED.contains(name);
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean first = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!first && (i == 0 || (c != '_' && c != '.' && c != '-'))) {
        return false;
      }
    }
    return true;
  }

  /** HTTP/2 trims spaces at the ends, and gRPC drops what is not printable ASCII. */
  private static boolean carriedValue(String value) {
    return value.isEmpty()
        || (printable(value, ' ') && value.charAt(0) != ' ' && !value.endsWith(" "));
  }

  private static boolean carriedId(String id) {
    return !id.isEmpty() && id.length() <= LONGEST_ID && printable(id, '!');
  }

  private static boolean printable(String text, char first) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < first || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static CommsException malformed(String contract, String message) {
    return new CommsException.Malformed(
        Facts.of(contract).effect(Effect.NONE).fault(Fault.CALLER).message(message));
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }
}
