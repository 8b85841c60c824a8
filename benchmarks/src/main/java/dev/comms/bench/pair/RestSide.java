package dev.comms.bench.pair;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * What a REST client does: POST of JSON over HTTP/1.1 by the JDK's client, with a limit for each
 * answer; over connections that are kept, or over one for each request.
 */
final class RestSide<T> implements Side {
  static final ObjectMapper JSON = new ObjectMapper();

  static {
    // The JDK's client refuses this header otherwise; it reads this once, before the first request.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection");
  }

  private static final int OK = 200;

  private final Sample<T> sample;
  private final HttpClient client;
  private final HttpRequest.Builder request;

  private RestSide(String address, Sample<T> sample, boolean kept) {
    this.sample = sample;
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/" + sample.name()))
            .header("Content-Type", "application/json")
            .timeout(Messages.LIMIT);
    if (!kept) {
      request.header("Connection", "close");
    }
  }

  static RestSide<?> kept(String address, Sample<?> sample) {
    return new RestSide<>(address, sample, true);
  }

  /** The server closes a connection once it has answered on it. */
  static RestSide<?> closed(String address, Sample<?> sample) {
    return new RestSide<>(address, sample, false);
  }

  private HttpRequest next() throws IOException {
    return request
        .copy()
        .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(sample.value())))
        .build();
  }

  private T read(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != OK) {
      throw new IOException("answered with status " + response.statusCode());
    }
    return JSON.readValue(response.body(), sample.type());
  }

  @Override
  public void one() throws Exception {
    read(client.send(next(), HttpResponse.BodyHandlers.ofByteArray()));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what it ends with is told to done
  public void begin(Done done) throws IOException {
    client
        .sendAsync(next(), HttpResponse.BodyHandlers.ofByteArray())
        .whenComplete(
            (response, failure) -> {
              try {
                done.accept(failure == null ? read(response) : null, failure);
              } catch (IOException unreadable) {
                done.accept(null, unreadable);
              }
            });
  }

  /** The JDK's client has no close before Java 21; its process ends. */
  @Override
  public void close() {}
}
