package dev.comms.shop.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Somebody who watches the orders live: a plain HTTP client that reads server-sent events. */
final class Watcher implements AutoCloseable {
  private final HttpClient http;
  private final URI events;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final CountDownLatch connected = new CountDownLatch(1);
  private final Thread reader = new Thread(this::read, "demo-watcher");
  private volatile @Nullable Stream<String> open;

  Watcher(HttpClient http, String gateway) {
    this.http = http;
    this.events = URI.create(gateway + "/events");
  }

  /**
   * Returns when the gateway has begun to answer.
   *
   * @throws IOException if it does not, within 10 s
   */
  void start() throws IOException, InterruptedException {
    reader.setDaemon(true);
    reader.start();
    if (!connected.await(10, TimeUnit.SECONDS)) {
      throw new IOException("the gateway did not answer GET " + events + " within 10 s");
    }
  }

  /** The ids of the events that arrived. */
  Set<String> seen() {
    return seen;
  }

  private void read() {
    HttpRequest request =
        HttpRequest.newBuilder(events).header("Accept", "text/event-stream").build();
    try (Stream<String> lines = http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      open = lines;
      for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
        String line = each.next();
        connected.countDown();
        if (line.startsWith("id:")) {
          seen.add(line.substring(3).strip());
        }
      }
    } catch (IOException | UncheckedIOException gone) {
      // the gateway ended, or we did: what was seen is what counts
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    Stream<String> lines = open;
    if (lines != null) {
      lines.close();
    }
    reader.interrupt();
  }
}
