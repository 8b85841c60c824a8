package dev.comms.codec;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.comms.contract.Codec;
import java.io.IOException;

/** JSON by Jackson 2, with modules found on the class path, as Jackson 3 has them built in. */
final class Jackson2<T> implements Codec<T> {
  private static final JsonMapper MAPPER = JsonMapper.builder().findAndAddModules().build();

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
