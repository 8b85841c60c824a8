package dev.comms.codec;

import dev.comms.contract.Codec;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON by Jackson 3; reader and writer are resolved once and are thread-safe. */
final class Jackson3<T> implements Codec<T> {
  // Said one by one, so that both Jacksons read and write the same; see Jackson2.
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
          .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

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
