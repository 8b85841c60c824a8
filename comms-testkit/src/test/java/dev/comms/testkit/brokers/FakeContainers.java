package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Containers without an engine: a Redis of a few lines; any other image fails to be pulled. */
final class FakeContainers implements Containers {

  static final String NO_ENGINE = "start a Docker engine";

  final List<Plan> plans = new ArrayList<>();
  private final boolean engine;
  private boolean running;

  FakeContainers(boolean engine) {
    this.engine = engine;
  }

  /** For a test that loads this package anew: says what became of such a broker. */
  static String started(String kind, boolean engine) {
    FakeContainers containers = new FakeContainers(engine);
    try (Brokers brokers = new Brokers(Map.of(), false, containers)) {
      Broker broker =
          switch (kind) {
            case "kafka" -> brokers.kafka();
            case "redis" -> brokers.redis();
            default -> brokers.postgres();
          };
      return broker.kind() + " " + broker.version() + " " + broker.origin();
    } catch (BrokerUnavailable e) {
      return e.getMessage();
    }
  }

  boolean running() {
    return running;
  }

  @Override
  public Optional<String> advice() {
    return engine ? Optional.empty() : Optional.of(NO_ENGINE);
  }

  @Override
  public Container run(Plan plan, Scope scope) throws IOException {
    plans.add(plan);
    if (!plan.image().startsWith("redis:")) {
      throw new IOException("no such image", new IOException("manifest unknown"));
    }
    ServerSocket server = new ServerSocket(plan.outside(), 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(server), "fake-redis");
    thread.setDaemon(true);
    thread.start();
    running = true;
    scope.own(
        () -> {
          running = false;
          close(server);
        });
    return new Fake();
  }

  private static void close(ServerSocket server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serve(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          InputStream in = socket.getInputStream();
          byte[] command = new byte[1_000];
          in.read(command);
          socket.getOutputStream().write("+PONG\r\n".getBytes(UTF_8));
          in.read(command);
          socket.getOutputStream().write("$19\r\nredis_version:7.4.2\r\n".getBytes(UTF_8));
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private static final class Fake implements Container {

    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public String log() {
      return "";
    }

    @Override
    public String exec(List<String> command) {
      return "";
    }

    @Override
    public String execCommand(List<String> command) {
      return "";
    }
  }
}
