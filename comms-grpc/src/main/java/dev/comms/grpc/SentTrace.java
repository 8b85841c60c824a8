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
  private final Runnable whenAnswered;
  private volatile Stream latest = new Stream();

  /**
   * The actions run on gRPC's I/O thread, once per stream at most.
   *
   * @param whenSent when the head was written
   * @param whenAnswered when the server's end has come, however much of its messages is unread
   */
  SentTrace(Runnable whenSent, Runnable whenAnswered) {
    this.whenSent = whenSent;
    this.whenAnswered = whenAnswered;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
    Stream stream = new Stream();
    latest = stream;
    return stream;
  }

  /**
   * For a connection that failed: the head was written whole, or the server cannot have seen it. So
   * it is for a head that the other side does not take, which is refused where it is written. After
   * any other end a stream may still be in a buffer on its way, so that it exists is enough.
   */
  boolean maybeSent(Status end) {
    Stream stream = latest;
    boolean known = end.getCode() == Status.Code.UNAVAILABLE || Failures.headTooLarge(end);
    return known ? stream.written : stream.created;
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

    @Override
    public void inboundTrailers(Metadata trailers) {
      whenAnswered.run();
    }
  }
}
