package dev.comms.grpc;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a few messages of a stream before they are asked for, where no wire does: HTTP/2 has a
 * window of bytes, but gRPC's in-process transport lets a writer go on, and tells of the other
 * side's end, only while the reader asks. Two that each wait until their message is taken would
 * wait for each other.
 */
final class ReadAhead {
  private static final int MESSAGES = 16;

  private final SynchronizationContext inTurn;
  private final Consumer<byte[]> reader;
  private final Runnable more;
  // All confined to inTurn.
  private final Deque<byte[]> held = new ArrayDeque<>(MESSAGES);
  private int wanted;
  private @Nullable Runnable end;

  private ReadAhead(Consumer<byte[]> reader, Runnable more) {
    this.reader = reader;
    this.more = more;
    this.inTurn =
        new SynchronizationContext(
            (thread, broken) -> {
              throw new IllegalStateException("a stream's listener failed", broken);
            });
  }

  private void came(byte[] message) {
    inTurn.execute(
        () -> {
          held.add(message);
          pass();
        });
  }

  private void want(int messages) {
    inTurn.execute(
        () -> {
          wanted += messages;
          pass();
        });
  }

  /** Told when all that came before was read, or at once. */
  private void end(Runnable told, boolean atOnce) {
    inTurn.execute(
        () -> {
          if (atOnce) {
            held.clear();
          }
          end = told;
          pass();
        });
  }

  private void pass() {
    while (wanted > 0 && !held.isEmpty()) {
      wanted--;
      reader.accept(held.remove());
      more.run();
    }
    Runnable told = end;
    if (told != null && held.isEmpty()) {
      end = null;
      told.run();
    }
  }

  static ClientCall<byte[], byte[]> over(ClientCall<byte[], byte[]> call) {
    return new SimpleForwardingClientCall<>(call) {
      private @Nullable ReadAhead ahead;

      @Override
      public void start(Listener<byte[]> listener, Metadata headers) {
        ReadAhead mine = new ReadAhead(listener::onMessage, () -> super.request(1));
        ahead = mine;
        super.start(new Called(listener, mine), headers);
        super.request(MESSAGES);
      }

      @Override
      public void request(int messages) {
        if (ahead != null) {
          ahead.want(messages);
        }
      }
    };
  }

  private static final class Called extends SimpleForwardingClientCallListener<byte[]> {
    private final ReadAhead ahead;

    Called(ClientCall.Listener<byte[]> listener, ReadAhead ahead) {
      super(listener);
      this.ahead = ahead;
    }

    @Override
    public void onMessage(byte[] message) {
      ahead.came(message);
    }

    /** Whoever called it off reads nothing more. */
    @Override
    public void onClose(Status status, Metadata trailers) {
      boolean calledOff =
          status.getCode() == Status.Code.CANCELLED
              || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
      ahead.end(() -> super.onClose(status, trailers), calledOff);
    }
  }

  /** A call whose listener must be given to {@link Answered#listening}. */
  static Answered over(ServerCall<byte[], byte[]> call) {
    return new Answered(call);
  }

  /** The answering side. */
  static final class Answered extends SimpleForwardingServerCall<byte[], byte[]> {
    private volatile @Nullable ReadAhead ahead;
    private int early;

    private Answered(ServerCall<byte[], byte[]> call) {
      super(call);
    }

    /** What is asked for before there is a listener is asked for when there is one. */
    @Override
    public void request(int messages) {
      ReadAhead mine;
      synchronized (this) {
        mine = ahead;
        early += mine == null ? messages : 0;
      }
      if (mine != null) {
        mine.want(messages);
      }
    }

    ServerCall.Listener<byte[]> listening(ServerCall.Listener<byte[]> listener) {
      ReadAhead mine = new ReadAhead(listener::onMessage, () -> super.request(1));
      int before;
      synchronized (this) {
        ahead = mine;
        before = early;
      }
      mine.want(before);
      super.request(MESSAGES);
      return new SimpleForwardingServerCallListener<>(listener) {
        @Override
        public void onMessage(byte[] message) {
          mine.came(message);
        }

        @Override
        public void onHalfClose() {
          mine.end(super::onHalfClose, false);
        }
      };
    }
  }
}
