package dev.comms.bench.pair;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** The method of {@link Messages#CALL} for raw gRPC, with bytes as they are. */
final class BytesMethod implements MethodDescriptor.Marshaller<byte[]> {
  private static final BytesMethod BYTES = new BytesMethod();

  static final MethodDescriptor<byte[], byte[]> ASK =
      MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(Messages.CALL.name())
          .setIdempotent(true)
          .build();

  private BytesMethod() {}

  @Override
  public InputStream stream(byte[] value) {
    return new Known(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readNBytes(stream.available());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** As protobuf's messages do: its length is known, and it writes itself. */
  private static final class Known extends ByteArrayInputStream implements KnownLength, Drainable {
    Known(byte[] bytes) {
      super(bytes);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      return (int) transferTo(target);
    }
  }
}
