package dev.comms.shop.gateway;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages to the clients that are connected, each with a bounded buffer: a client that does
 * not keep up is disconnected, and reads the present state when it comes back. Publishing never
 * blocks.
 */
final class SseHub implements AutoCloseable {
  private static final Message END = new Message(null, "end", "");

  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final Semaphore places;
  private final int buffer;
  private volatile boolean closed;

  /**
   * @param most how many clients at once
   * @param buffer how many messages may wait for one client
   */
  SseHub(int most, int buffer) {
    this.places = new Semaphore(most);
    this.buffer = buffer;
  }

  /** One server-sent event. */
  record Message(@Nullable String id, String name, String data) {}

  /**
   * Connects a client to one topic, or to all if it is null.
   *
   * @throws Problem 503 if there are too many
   */
  Client connect(@Nullable String topic) {
    if (closed || !places.tryAcquire()) {
      throw Problem.overloaded("too many people are watching");
    }
    Client client = new Client(topic);
    clients.add(client);
    return client;
  }

  void publish(String topic, Message message) {
    for (Client client : clients) {
      if (client.topic == null || client.topic.equals(topic)) {
        client.offer(message);
      }
    }
  }

  int connected() {
    return clients.size();
  }

  /** Disconnects everybody. */
  @Override
  public void close() {
    closed = true;
    clients.forEach(Client::end);
  }

  /** One who watches. One thread reads it and closes it. */
  final class Client implements AutoCloseable {
    private final @Nullable String topic;
    private final BlockingQueue<Message> waiting = new ArrayBlockingQueue<>(buffer);
    private volatile boolean ended;
    private boolean left;

    private Client(@Nullable String topic) {
      this.topic = topic;
    }

    /** Puts a message of this client's own into its buffer. */
    void offer(Message message) {
      if (!ended && !waiting.offer(message)) {
        end();
      }
    }

    private void end() {
      ended = true;
      waiting.clear();
      waiting.offer(END);
    }

    /** Whether there will be nothing more. */
    boolean ended() {
      return ended || closed;
    }

    /** The next message, or null if there is none for so long or there will be none. */
    @SuppressWarnings("ReferenceEquality") // END is a mark
    @Nullable Message next(long waitMillis) throws InterruptedException {
      Message message = waiting.poll(waitMillis, TimeUnit.MILLISECONDS);
      return message == END ? null : message;
    }

    @Override
    public void close() {
      clients.remove(this);
      synchronized (this) {
        if (!left) {
          left = true;
          places.release();
        }
      }
    }
  }
}
