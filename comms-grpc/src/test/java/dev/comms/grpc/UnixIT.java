package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls over a socket in the file system, where there are such sockets. */
class UnixIT {
  @TempDir Path folder;
  private final Service service = new Service();
  private Path socket;

  @BeforeEach
  void linux() {
    assumeTrue("Linux".equals(System.getProperty("os.name")), "Unix sockets need Linux");
    socket = folder.resolve("it.sock");
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void aCallIsAnsweredAndOnlyTheOwnerMayConnect() throws IOException {
    GrpcServer server = serve();

    assertThat(server.address()).isEqualTo("unix://" + socket);
    assertThat(ask(server)).isEqualTo("hello");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(left()).containsExactlyInAnyOrder("it.sock", "it.sock.lock");
  }

  @Test
  void theSocketIsGoneAfterTheEndAndCanBeOpenedAnew() throws IOException {
    serve().close();

    assertThat(left()).containsExactly("it.sock.lock");
    assertThat(ask(serve())).isEqualTo("hello");
  }

  @Test
  void aSocketThatAKilledServerLeftIsReplaced() throws IOException {
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).as("closing does not remove it").exists();

    assertThat(ask(serve())).isEqualTo("hello");
  }

  @Test
  void aSocketThatSomebodyAnswersAtIsNotTaken() throws IOException {
    try (ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      foreign.bind(UnixDomainSocketAddress.of(socket));

      assertThat(refused()).hasMessageContaining("another server listens");
      assertThat(socket).exists();
    }
  }

  @Test
  void aSecondServerOfOursIsRefusedAndTheFirstGoesOn() {
    GrpcServer first = serve();

    assertThat(refused()).hasMessageContaining("another server listens");
    assertThat(ask(first)).isEqualTo("hello");
  }

  @Test
  void aFileThatIsNoSocketIsNotRemoved() throws IOException {
    Files.writeString(socket, "precious");

    assertThat(refused()).hasMessageContaining("no socket");
    assertThat(socket).hasContent("precious");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    socket = folder.resolve("missing").resolve("it.sock");

    assertThat(refused()).hasMessageContaining(socket.toString()).hasMessageContaining("folder");
  }

  @Test
  void aPathThatIsTooLongForTheKernelIsRefused() {
    socket = folder.resolve("x".repeat(120));

    assertThat(refused()).hasMessageContaining("107");
  }

  @Test
  void whereThereAreNoSuchSocketsItIsSaid() {
    assertThatThrownBy(
            () -> UnixSockets.require("grpc unix:///x", new UnsatisfiedLinkError("no epoll")))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("no epoll")
        .hasMessageContaining("Linux");
  }

  private GrpcServer serve() {
    return service.serve(GrpcServer.onUnixSocket(socket).plaintext(), Service.ASK, Service.echo());
  }

  private String ask(GrpcServer server) {
    GrpcTransport client = service.connect(server.address());
    return Service.text(service.get(service.ask(client, "hello")));
  }

  private CommsException refused() {
    GrpcServer server = GrpcServer.onUnixSocket(socket).plaintext();
    server.answer(Map.of(Service.ASK, Service.echo()));
    CommsException wrong = service.failure(server.attach(service.host()));
    assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
    return wrong;
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
