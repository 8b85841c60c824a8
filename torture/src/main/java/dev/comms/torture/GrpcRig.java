package dev.comms.torture;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.grpc.GrpcServer;
import dev.comms.grpc.GrpcTransport;
import dev.comms.testkit.brokers.Ports;
import dev.comms.testkit.history.History;
import dev.comms.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls in turn of two kinds, one that may be repeated and one that must not; one server. */
final class GrpcRig implements Rig {
  private static final Call<byte[], byte[]> READ =
      Call.named("torture.Service/Read", Codec.bytes(), Codec.bytes())
          .asIdempotent()
          .answeredWithin(Breakages.LIMIT);
  private static final Call<byte[], byte[]> PAY =
      Call.named("torture.Service/Pay", Codec.bytes(), Codec.bytes())
          .answeredWithin(Breakages.LIMIT);

  private final int port;
  private final FaultProxy proxy;
  private final Services services = new Services();
  private @Nullable Calls calls;
  private @Nullable Comms server;
  private @Nullable Runnable serve;

  GrpcRig(long seed) {
    port = Ports.free();
    proxy = FaultProxy.to("127.0.0.1", port, seed);
  }

  @Override
  public String broker() {
    return "grpc";
  }

  @Override
  public void start(History history, Ledger ledger) {
    serve = () -> serve(history, ledger);
    serve.run();
    Comms comms = services.comms("caller", history);
    calls =
        comms.calls(
            GrpcTransport.to(proxy.address()).plaintext().keepAlive(Duration.ofSeconds(10)));
    comms.start();
  }

  private void serve(History history, Ledger ledger) {
    Comms comms = services.comms("server", history);
    comms
        .serve(GrpcServer.on(port).plaintext())
        .answer(READ, (body, context) -> read(ledger, body))
        .answer(PAY, (body, context) -> paid(ledger, body));
    comms.start();
    server = comms;
  }

  private static byte[] answer(byte[] body) throws InterruptedException {
    Thread.sleep(1);
    byte[] answer = body.clone();
    answer[answer.length - 1]++;
    return answer;
  }

  private static byte[] read(Ledger ledger, byte[] body) throws InterruptedException {
    ledger.handled(Payload.number(body));
    return answer(body);
  }

  /** It must not be repeated, so it does not look whether it is. */
  private static byte[] paid(Ledger ledger, byte[] body) throws InterruptedException {
    ledger.effect(Payload.number(body));
    return answer(body);
  }

  @Override
  public void operate(int slot, int number) {
    Started.of(calls).call(number % 2 == 0 ? READ : PAY, Payload.of(number, slot));
  }

  @Override
  public List<Breakage> breakages() {
    List<Breakage> all = new ArrayList<>(Breakages.network(proxy));
    all.add(
        Breakage.cut(
            "restart",
            Duration.ofMillis(500),
            () -> Started.of(server).close(),
            () -> Started.of(serve).run()));
    return all;
  }

  @Override
  public Handshake handshake() {
    return Handshake.http2(proxy::address);
  }

  @Override
  public void remains(History history) {
    // A call leaves nothing.
  }

  @Override
  public void stop() {
    services.close();
  }

  @Override
  public long connections() {
    return proxy.connections();
  }

  @Override
  public void close() {
    services.close();
    proxy.close();
  }
}
