package dev.comms.testkit.kit;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Contract;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Upload;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** What all cases of calls use. */
abstract class CallKit {
  static final Call<byte[], byte[]> CALL =
      Call.named("kit.Service/Ask", Codec.bytes(), Codec.bytes()).answeredWithin(Bench.LONG);
  static final Call<byte[], byte[]> UNKNOWN =
      Call.named("kit.Service/Unknown", Codec.bytes(), Codec.bytes()).answeredWithin(Bench.LONG);
  static final Download<byte[], byte[]> DOWNLOAD =
      Download.named("kit.Service/Watch", Codec.bytes(), Codec.bytes())
          .firstWithin(Bench.LONG)
          .idleWithin(Bench.LONG)
          .totalWithin(Duration.ofMinutes(2));

  static final Upload<byte[], byte[]> UPLOAD =
      Upload.named("kit.Service/Send", Codec.bytes(), Codec.bytes())
          .firstWithin(Bench.LONG)
          .idleWithin(Bench.LONG)
          .totalWithin(Duration.ofMinutes(2));
  static final Dialogue<byte[], byte[]> DIALOGUE =
      Dialogue.named("kit.Service/Talk", Codec.bytes(), Codec.bytes())
          .firstWithin(Bench.LONG)
          .idleWithin(Bench.LONG)
          .totalWithin(Duration.ofMinutes(2));

  final Bench bench = new Bench();

  /** A new unattached server. */
  protected abstract CallServer server();

  /** A new unattached client of that address. */
  protected abstract CallTransport client(String address);

  @AfterEach
  void closeBench() {
    bench.close();
  }

  CallServer serve(Contract contract, Answerer answerer) {
    CallServer server = server();
    server.answer(Map.of(contract, answerer));
    return bench.attach(server);
  }

  CallTransport connect(CallServer server) {
    return bench.attach(client(server.address()));
  }

  /** A client of a server that answers so; one call has been made, so that all is warm. */
  CallTransport warm(Answerer answerer) {
    CallTransport client = connect(serve(CALL, answerer));
    bench.get(client.call(CALL, request("warm up"), bench.inTime()));
    return client;
  }

  CompletableFuture<Envelope> ask(CallTransport client, String text) {
    return client.call(CALL, request(text), bench.inTime());
  }

  static Envelope request(String text) {
    return request(text.getBytes(StandardCharsets.UTF_8));
  }

  static Envelope request(byte[] body) {
    return request(CALL, body);
  }

  static Envelope request(Contract contract, byte[] body) {
    return Envelope.of(
        UUID.randomUUID().toString(),
        contract.name(),
        CALL.request().contentType(),
        Instant.now(),
        body);
  }

  static Envelope reply(Envelope request, String text) {
    return Envelope.of(
        request.id(),
        request.contract(),
        CALL.reply().contentType(),
        Instant.now(),
        text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Envelope envelope) {
    return text(envelope.body());
  }

  static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }
}
