package dev.comms.grpc;

import com.google.protobuf.MessageLite;
import dev.comms.contract.Codec;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The marshaller of a generated method as a codec, so that one contract speaks of both. */
final class MarshallerCodec<T> implements Codec<T> {
  private final Marshaller<T> marshaller;
  private final String contentType;
  private final @Nullable Object schema;

  MarshallerCodec(Marshaller<T> marshaller, @Nullable Object schema) {
    this.marshaller = marshaller;
    this.schema = schema;
    this.contentType = isProtobuf(marshaller) ? "application/protobuf" : "application/octet-stream";
  }

  private static boolean isProtobuf(Marshaller<?> marshaller) {
    return marshaller instanceof ReflectableMarshaller<?> reflectable
        && MessageLite.class.isAssignableFrom(reflectable.getMessageClass());
  }

  /**
   * What the generated code tells of the method, for reflection; null when it was not generated.
   */
  @Nullable Object schema() {
    return schema;
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public byte[] encode(T payload) throws IOException {
    try (InputStream stream = marshaller.stream(payload)) {
      return BytesMarshaller.read(stream);
    }
  }

  @Override
  public T decode(byte[] body) {
    return marshaller.parse(new BytesMarshaller.Known(body));
  }
}
