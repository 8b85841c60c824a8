package dev.comms.example.orders;

import dev.comms.contract.Codec;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Payloads as plain text; most services use {@code Json.json(...)} instead, with Jackson. */
final class Texts {
  static final Codec<String> TEXT = of(text -> text);
  static final Codec<Integer> NUMBER = of(Integer::valueOf);

  private Texts() {}

  private static <T> Codec<T> of(Function<String, T> parse) {
    return new Codec<>() {
      @Override
      public String contentType() {
        return "text/plain";
      }

      @Override
      public byte[] encode(T payload) {
        return payload.toString().getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public T decode(byte[] body) {
        return parse.apply(new String(body, StandardCharsets.UTF_8));
      }
    };
  }
}
