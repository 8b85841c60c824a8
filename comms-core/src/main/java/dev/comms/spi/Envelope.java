package dev.comms.spi;

import dev.comms.contract.Peer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message as bytes. Immutable: the body is handed over and written by nobody again; it is not
 * copied, so nobody may change what {@link #body()} returns.
 */
public final class Envelope implements Reply {
  /** A confirm: nothing but the fact. */
  public static final Envelope EMPTY =
      new Envelope("", "", null, "", Instant.EPOCH, null, Map.of(), null, new byte[0]);

  private final String id;
  private final String contract;
  private final @Nullable String key;
  private final String contentType;
  private final Instant time;
  private final @Nullable Instant expires;
  private final Map<String, String> headers;
  private final @Nullable Peer peer;
  private final byte[] body;

  private Envelope(
      String id,
      String contract,
      @Nullable String key,
      String contentType,
      Instant time,
      @Nullable Instant expires,
      Map<String, String> headers,
      @Nullable Peer peer,
      byte[] body) {
    this.id = id;
    this.contract = contract;
    this.key = key;
    this.contentType = contentType;
    this.time = time;
    this.expires = expires;
    this.headers = headers;
    this.peer = peer;
    this.body = body;
  }

  /**
   * A new message.
   *
   * @param id unique for this message, the same on every attempt
   * @param contract the contract's wire name
   * @param contentType the media type of the body
   * @param time when it was made; it is also the issue time of an expiry
   */
  public static Envelope of(
      String id, String contract, String contentType, Instant time, byte[] body) {
    return new Envelope(
        Objects.requireNonNull(id, "id"),
        Objects.requireNonNull(contract, "contract"),
        null,
        Objects.requireNonNull(contentType, "content type"),
        Objects.requireNonNull(time, "time"),
        null,
        Map.of(),
        null,
        Objects.requireNonNull(body, "body"));
  }

  public String id() {
    return id;
  }

  public String contract() {
    return contract;
  }

  /** What orders this message among others, or null. */
  public @Nullable String key() {
    return key;
  }

  public String contentType() {
    return contentType;
  }

  public Instant time() {
    return time;
  }

  /** When it ends unhandled, or null: the life of a message ends only if its sender said so. */
  public @Nullable Instant expires() {
    return expires;
  }

  /** Names in lower case; trace headers are here, a transport's own headers are not. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Who sent it, as the connection proved it, or null; it is never put on a wire. */
  public @Nullable Peer peer() {
    return peer;
  }

  public byte[] body() {
    return body;
  }

  public Envelope key(@Nullable String value) {
    return new Envelope(id, contract, value, contentType, time, expires, headers, peer, body);
  }

  public Envelope expires(@Nullable Instant at) {
    return new Envelope(id, contract, key, contentType, time, at, headers, peer, body);
  }

  /** The same message with these headers instead. */
  public Envelope headers(Map<String, String> all) {
    return new Envelope(id, contract, key, contentType, time, expires, Map.copyOf(all), peer, body);
  }

  /** The same message with one more header. */
  public Envelope header(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return headers(more);
  }

  /** The same message from this peer, for a transport that knows it. */
  public Envelope peer(@Nullable Peer proven) {
    return new Envelope(id, contract, key, contentType, time, expires, headers, proven, body);
  }

  @Override
  public String toString() {
    return contract + " " + id + " (" + body.length + " bytes)";
  }
}
