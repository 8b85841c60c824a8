package dev.comms.codec;

import dev.comms.contract.Codec;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** JSON by Jackson 3; reader and writer are resolved once and are thread-safe. */
final class Jackson3<T> implements Codec<T> {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final ObjectReader reader;
  private final ObjectWriter writer;

  Jackson3(Class<T> type) {
    this.reader = MAPPER.readerFor(type);
    this.writer = MAPPER.writerFor(type);
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] encode(T payload) {
    return writer.writeValueAsBytes(payload);
  }

  @Override
  public T decode(byte[] body) {
    T payload = reader.readValue(body);
    if (payload == null) {
      throw new IllegalArgumentException("the body is the JSON value null");
    }
    return payload;
  }
}
