package dev.comms.contract;

/**
 * Payload to bytes and back. Implementations are safe for use by many threads at once.
 *
 * @param <T> the payload
 */
public interface Codec<T> {

  /** The media type that travels with the bytes, such as {@code application/json}. */
  String contentType();

  /**
   * Encodes a payload; the array is handed over and not written again.
   *
   * @throws Exception if the payload cannot be encoded; the verb then fails as {@code Malformed}
   */
  byte[] encode(T payload) throws Exception;

  /**
   * Decodes a body; it must not keep or change the array.
   *
   * @throws Exception if the bytes are no such payload; the message is then dead-lettered with its
   *     bytes untouched
   */
  T decode(byte[] body) throws Exception;

  /** The bytes themselves, as {@code application/octet-stream}. */
  static Codec<byte[]> bytes() {
    return bytes("application/octet-stream");
  }

  /** The bytes themselves, for relays and redrives, under the media type of who made them. */
  static Codec<byte[]> bytes(String contentType) {
    return new Codec<>() {
      @Override
      public String contentType() {
        return contentType;
      }

      @Override
      public byte[] encode(byte[] payload) {
        return payload;
      }

      @Override
      public byte[] decode(byte[] body) {
        return body;
      }
    };
  }
}
