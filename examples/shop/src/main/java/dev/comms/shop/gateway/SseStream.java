package dev.comms.shop.gateway;

import dev.comms.shop.gateway.SseHub.Message;
import io.javalin.http.sse.SseClient;
import java.util.List;

/** Writes one client's messages, on that client's own request thread, until either side ends. */
final class SseStream {
  private static final long HEARTBEAT_MILLIS = 10_000;

  private SseStream() {}

  /**
   * Begins with what is, then goes on with what comes. The client was connected before the snapshot
   * was taken, so nothing falls between the two.
   */
  static void run(SseClient out, SseHub.Client client, List<Message> snapshot) {
    try (client) {
      out.sendComment("connected");
      snapshot.forEach(message -> send(out, message));
      while (!client.ended() && !out.terminated()) {
        Message next = client.next(HEARTBEAT_MILLIS);
        if (next != null) {
          send(out, next);
        } else if (!client.ended()) {
          out.sendComment("still here"); // also finds out that the client has gone
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(SseClient out, Message message) {
    if (message.id() == null) {
      out.sendEvent(message.name(), message.data());
    } else {
      out.sendEvent(message.name(), message.data(), message.id());
    }
  }
}
