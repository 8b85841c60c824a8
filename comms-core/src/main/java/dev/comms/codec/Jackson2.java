package dev.comms.codec;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.comms.contract.Codec;
import java.io.IOException;

/** JSON by Jackson 2, with modules found on the class path, as Jackson 3 has them built in. */
final class Jackson2<T> implements Codec<T> {
  // Said one by one, so that both Jacksons read and write the same; see Jackson3.
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .findAndAddModules()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
          .disable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

  private final ObjectReader reader;
  private final ObjectWriter writer;

  Jackson2(Class<T> type) {
    this.reader = MAPPER.readerFor(type);
    this.writer = MAPPER.writerFor(type);
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] encode(T payload) throws IOException {
    return writer.writeValueAsBytes(payload);
  }

  @Override
  public T decode(byte[] body) throws IOException {
    T payload = reader.readValue(body);
    if (payload == null) {
      throw new IOException("the body is the JSON value null");
    }
    return payload;
  }
}
