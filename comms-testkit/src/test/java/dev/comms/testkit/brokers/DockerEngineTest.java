package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEngineTest {

  @TempDir private Path folder;

  @AutoClose private ServerSocketChannel server;

  @Test
  void theOneThatDockerHostNamesIsTheOnlyOneLookedFor() {
    assertThat(engine("unix:///run/my.sock").candidates()).containsExactly("unix:///run/my.sock");
    assertThat(new DockerEngine(Map.of("XDG_RUNTIME_DIR", "/run/user/7"), "/home/me").candidates())
        .startsWith("unix:///var/run/docker.sock")
        .contains("unix:///run/user/7/docker.sock")
        .contains("unix:///home/me/.docker/run/docker.sock");
  }

  @Test
  void oneThatAnswersToAPingIsFoundOnASocketFile() throws Exception {
    Path file = folder.resolve("docker.sock");
    serve(UnixDomainSocketAddress.of(file), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    assertThat(engine("unix://" + file).answering()).contains("unix://" + file);
    DockerEngine usual = new DockerEngine(Map.of("XDG_RUNTIME_DIR", folder.toString()), "/nowhere");
    assertThat(usual.answering()).isPresent();
  }

  @Test
  void oneThatAnswersToAPingIsFoundOnAPortOfThisMachineAlone() throws Exception {
    int port = Ports.free();
    serve(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "HTTP/1.1 200 OK\r\n\r\nOK");
    assertThat(engine("tcp://127.0.0.1:" + port).answering()).isPresent();
    assertThat(engine("tcp://192.0.2.1:" + port).answering()).isEmpty();
  }

  @Test
  void whatRefusesOrIsClosedOrIsNoEngineIsNone() throws Exception {
    Path file = folder.resolve("docker.sock");
    serve(UnixDomainSocketAddress.of(file), "HTTP/1.1 503 Service Unavailable\r\n\r\n");
    assertThat(engine("unix://" + file).answering()).isEmpty();
    server.close();
    assertThat(engine("unix://" + file).answering()).isEmpty();
    assertThat(engine("unix://" + Files.createFile(folder.resolve("plain"))).answering()).isEmpty();
    assertThat(engine("unix:///nowhere/docker.sock").answering()).isEmpty();
    assertThat(engine("tcp://127.0.0.1:" + Ports.free()).answering()).isEmpty();
    assertThat(engine("http://[bad").answering()).isEmpty();
    assertThat(engine("npipe:////./pipe/docker_engine").answering()).isEmpty();
    assertThat(engine("unix://[ what is this?").answering()).isEmpty();
  }

  @Test
  void oneThatNeverAnswersIsGivenUpInTime() throws Exception {
    Path file = folder.resolve("docker.sock");
    serve(UnixDomainSocketAddress.of(file), "");
    long start = System.nanoTime();
    assertThat(engine("unix://" + file).answering()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  private static DockerEngine engine(String host) {
    return new DockerEngine(Map.of("DOCKER_HOST", host), "/nowhere");
  }

  /** Answers each connection with this; with nothing it keeps them open. */
  private void serve(SocketAddress address, String answer) throws IOException {
    server =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    server.bind(address);
    Thread thread = new Thread(() -> serve(answer), "fake-engine");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(String answer) {
    try {
      while (true) {
        SocketChannel client = server.accept();
        client.read(ByteBuffer.allocate(1_000));
        if (!answer.isEmpty()) {
          client.write(ByteBuffer.wrap(answer.getBytes(US_ASCII)));
          client.close();
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }
}
