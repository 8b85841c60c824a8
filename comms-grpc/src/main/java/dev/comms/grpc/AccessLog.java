package dev.comms.grpc;

import dev.comms.contract.Time;
import dev.comms.policy.Exchange;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per call at its end, with no byte of its messages and no metadata. A thread of its own
 * writes; when the log is slower than the calls, lines are dropped and counted, and no call waits.
 */
final class AccessLog extends ServerStreamTracer.Factory {
  private static final Logger LOG = LoggerFactory.getLogger("dev.comms.grpc.access");
  private static final int MOST_WAITING = 1_000;
  private static final ServerStreamTracer UNSEEN = new ServerStreamTracer() {};
  private static final Metadata.Key<String> TRACE = key("traceparent");
  private static final Metadata.Key<String> ATTEMPT = key(Exchange.ATTEMPT);
  // W3C trace context: version, trace id, parent id, flags.
  private static final Pattern TRACE_ID =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

  private final double share;
  private final @Nullable String place;
  private final Time time;
  private final ThreadPoolExecutor writer;
  private final AtomicLong dropped = new AtomicLong();

  /**
   * Nothing is written before the first call ends.
   *
   * @param place where the server listens when it is not on a port, which then stands for the peer
   */
  AccessLog(double share, @Nullable String place, Time time) {
    this.share = share;
    this.place = place;
    this.time = time;
    this.writer =
        new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            work -> {
              Thread thread = new Thread(work, "comms-grpc-access-log");
              thread.setDaemon(true);
              return thread;
            });
    writer.allowCoreThreadTimeOut(true);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Chosen at the beginning, so that the others cost nothing. */
  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return share < 1 && time.random() >= share ? UNSEEN : new Line(method, headers);
  }

  private void write(String line) {
    try {
      writer.execute(
          () -> {
            long missing = dropped.getAndSet(0);
            if (missing > 0) {
              LOG.warn("{} lines are missing here: the log is slower than the calls", missing);
            }
            LOG.info(line);
          });
    } catch (RejectedExecutionException full) {
      dropped.incrementAndGet();
    }
  }

  /** Writes what waits, for a second at most. */
  void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(1, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      writer.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** What is known of one call; gRPC's threads report to it in turn or at once. */
  private final class Line extends ServerStreamTracer {
    private final long begun = time.nanos();
    private final String method;
    private final String attempt;
    private final String trace;
    private final AtomicLong in = new AtomicLong();
    private final AtomicLong out = new AtomicLong();
    private volatile @Nullable SocketAddress peer;

    Line(String method, Metadata headers) {
      this.method = safe(method);
      String number = headers.get(ATTEMPT);
      this.attempt = number != null && number.matches("[0-9]{1,4}") ? number : "1";
      String parent = headers.get(TRACE);
      Matcher known = TRACE_ID.matcher(parent == null ? "" : parent);
      this.trace = known.matches() ? known.group(1) : "-";
    }

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> call) {
      peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }

    @Override
    public void inboundWireSize(long bytes) {
      in.addAndGet(bytes);
    }

    @Override
    public void outboundWireSize(long bytes) {
      out.addAndGet(bytes);
    }

    @Override
    public void streamClosed(Status status) {
      if (LOG.isInfoEnabled()) {
        double millis = (time.nanos() - begun) / 1e6;
        write(
            String.format(
                Locale.ROOT,
                "method=%s peer=%s status=%s ms=%.3f in=%d out=%d attempt=%s trace=%s",
                method,
                peer(peer),
                status.getCode(),
                millis,
                in.get(),
                out.get(),
                attempt,
                trace));
      }
    }
  }

  /** A peer may ask for any method; its name must not make lines of its own. */
  private static String safe(String method) {
    String printable = method.replaceAll("[^!-~]", "?");
    return printable.length() > 200 ? printable.substring(0, 200) : printable;
  }

  private String peer(@Nullable SocketAddress peer) {
    if (place != null) {
      return place;
    }
    return peer instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : "-";
  }
}
