package dev.comms.grpc;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Whether anything of a call may have left this process. gRPC repeats a stream by itself only when
 * the server certainly did not process it, so the latest stream is the one that counts.
 */
final class SentTrace extends ClientStreamTracer.Factory {
  private final Runnable whenSent;
  private volatile Stream latest = new Stream();

  /** The action runs on gRPC's I/O thread, once per stream, when the head was written. */
  SentTrace(Runnable whenSent) {
    this.whenSent = whenSent;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
    Stream stream = new Stream();
    latest = stream;
    return stream;
  }

  /**
   * For a connection that failed: the head was written whole, or the server cannot have seen it.
   * After any other end a stream may still be in a buffer on its way, so that it exists is enough.
   */
  boolean maybeSent(Status end) {
    Stream stream = latest;
    return end.getCode() == Status.Code.UNAVAILABLE ? stream.written : stream.created;
  }

  private final class Stream extends ClientStreamTracer {
    private volatile boolean created;
    private volatile boolean written;

    @Override
    public void streamCreated(Attributes transport, Metadata headers) {
      created = true;
    }

    @Override
    public void outboundHeaders() {
      written = true;
      whenSent.run();
    }
  }
}
