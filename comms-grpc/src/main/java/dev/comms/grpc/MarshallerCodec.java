package dev.comms.grpc;

import com.google.protobuf.MessageLite;
import dev.comms.contract.Codec;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import java.io.IOException;
import java.io.InputStream;

/** The marshaller of a generated method as a codec, so that one contract speaks of both. */
final class MarshallerCodec<T> implements Codec<T> {
  private final Marshaller<T> marshaller;
  private final String contentType;

  MarshallerCodec(Marshaller<T> marshaller) {
    this.marshaller = marshaller;
    this.contentType = isProtobuf(marshaller) ? "application/protobuf" : "application/octet-stream";
  }

  private static boolean isProtobuf(Marshaller<?> marshaller) {
    return marshaller instanceof ReflectableMarshaller<?> reflectable
        && MessageLite.class.isAssignableFrom(reflectable.getMessageClass());
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
