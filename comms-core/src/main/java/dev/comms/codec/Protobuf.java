package dev.comms.codec;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.comms.contract.Codec;

/** Protobuf messages; protobuf-java comes with the user's generated code. */
public final class Protobuf {
  private Protobuf() {}

  /** A codec for the messages of this default instance's type; thread-safe. */
  public static <T extends MessageLite> Codec<T> protobuf(T defaultInstance) {
    @SuppressWarnings("unchecked") // a message's parser makes messages of its own type
    Parser<T> parser = (Parser<T>) defaultInstance.getParserForType();
    return new Codec<>() {
      @Override
      public String contentType() {
        return "application/protobuf";
      }

      @Override
      public byte[] encode(T payload) {
        return payload.toByteArray();
      }

      @Override
      public T decode(byte[] body) throws Exception {
        return parser.parseFrom(body);
      }
    };
  }
}
