package dev.comms.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Bytes as they are: types stop at the edge, so gRPC never sees a payload. */
final class BytesMarshaller implements Marshaller<byte[]> {
  static final BytesMarshaller INSTANCE = new BytesMarshaller();

  /** For requests: makes {@link #TOO_LARGE} of one that is, which gRPC would tell as UNKNOWN. */
  static final Marshaller<byte[]> REQUESTS =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return INSTANCE.stream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return INSTANCE.parse(stream);
          } catch (StatusRuntimeException refused) {
            if (refused.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
              return TOO_LARGE;
            }
            throw refused;
          }
        }
      };

  /** Stands for a message that outgrew the limit while it was decompressed; known by identity. */
  static final byte[] TOO_LARGE = new byte[0];

  private BytesMarshaller() {}

  @Override
  public InputStream stream(byte[] value) {
    return new Known(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return read(stream);
    } catch (IOException broken) {
      throw Status.INTERNAL
          .withDescription("the message could not be read")
          .withCause(broken)
          .asRuntimeException();
    }
  }

  static byte[] read(InputStream stream) throws IOException {
    return stream instanceof KnownLength
        ? stream.readNBytes(stream.available())
        : stream.readAllBytes();
  }

  /**
   * Its length is known, which spares gRPC and protobuf a copy; and it writes itself, which spares
   * gRPC a buffer of 8 KiB for each message.
   */
  static final class Known extends ByteArrayInputStream implements KnownLength, Drainable {
    Known(byte[] bytes) {
      super(bytes);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      return (int) transferTo(target);
    }
  }
}
