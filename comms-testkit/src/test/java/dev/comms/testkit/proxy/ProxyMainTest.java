package dev.comms.testkit.proxy;

import static dev.comms.testkit.proxy.Peers.awaits;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyMainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(InputStream in, String... args) {
    return ProxyMain.run(in, print(out), print(err), args);
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static List<String> lines(ByteArrayOutputStream from) {
    return from.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Whole lines only. */
  private boolean said(int lines) {
    return out.toString(StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count() == lines;
  }

  @Test
  void itTellsItsAddressObeysItsInputAndEndsWithIt() throws Exception {
    PipedInputStream in = new PipedInputStream();
    PrintStream typed = new PrintStream(new PipedOutputStream(in), true, StandardCharsets.UTF_8);
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String target = "127.0.0.1:" + server.getLocalPort();
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(
              () -> run(in, "--to", target, "--seed", "7", "refuse", "latency=10ms,5ms,client"),
              work -> new Thread(work).start());
      awaits(() -> said(1));
      int port = Integer.parseInt(lines(out).get(0).replace("127.0.0.1:", ""));
      Assertions.assertThatThrownBy(
              () -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(ConnectException.class);
      typed.println("bogus");
      typed.println("heal");
      typed.println("corrupt=0.5");
      typed.println("status");
      awaits(() -> said(2));
      assertThat(lines(out).get(1))
          .isEqualTo(
              "127.0.0.1:%d to %s: 0 open, 0 accepted, 0 bytes to the server, 0 to the client;"
                      .formatted(port, target)
                  + " in force: corrupt=0.5");
      assertThat(lines(err)).hasSize(1).first().asString().contains("unknown word 'bogus'");
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
          Socket accepted = server.accept()) {
        typed.println("reset");
        Peers.isReset(client);
        Peers.isReset(accepted);
      }
      typed.close();
      assertThat(code.get(1, TimeUnit.MINUTES)).isZero();
      Assertions.assertThatThrownBy(
              () -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--to x:1 bogus | unknown word 'bogus' | say one of latency=",
        "latency=1s | --to is missing | --to localhost:5672",
        "--to | --to has no value | --help",
        "--to localhost | --to is 'localhost' but must be HOST:PORT | --to localhost:5672",
        "--to localhost:0 | target port is 0 | give the port",
        "--to x:1 --seed x | --seed is 'x' but must be a whole number | give one",
        "--to x:1 --listen 4294967376 | --listen is 2147483647 | from 1 to 65535",
        "--to x:1 latency=fast | 'fast' is no time in ms, s or m | latency=500ms",
        "--to x:1 latency= | '' is no time | latency=500ms",
        "--to x:1 reset | word 'reset': has 0 values | reset=0",
        "--to x:1 blackhole=no | has 1 values | blackhole",
        "--to x:1 slice=9999999999999999999 | is no whole number | slice=10",
        "--to x:1 corrupt=x | 'x' is no number | corrupt=0.01",
        "--to x:1 bandwidth=0 | bytesPerSecond is 0 | 1 or more",
        "--to x:1 silent=client | have no direction | leave towards out",
      })
  void whatIsWrongIsSaidInOneLineThatNamesTheFix(String args, String what, String fix) {
    assertThat(run(InputStream.nullInputStream(), args.strip().split(" "))).isEqualTo(2);
    assertThat(lines(out)).isEmpty();
    assertThat(lines(err)).hasSize(1).first().asString().contains(what.strip(), fix.strip());
  }

  @Test
  void helpIsNoMistake() {
    assertThat(run(InputStream.nullInputStream(), "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("usage:", "latency=500ms", "status");
    assertThat(lines(err)).isEmpty();
  }
}
