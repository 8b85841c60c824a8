package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellTest {

  @TempDir private Path folder;

  @Test
  void aShellReadsEveryWordAsItWasMeant() throws Exception {
    List<String> words = List.of("printf", "%s|", "plain", "two words", "it's", "$HOME", "", "*");
    Process shell = new ProcessBuilder("sh", "-c", Shell.line(words)).start();
    String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(read).isEqualTo("plain|two words|it's|$HOME||*|");
  }

  @Test
  void theLineForAPrivateNodeLeadsToItsCookieAndDoesNotShowIt() throws IOException {
    RabbitFiles files = RabbitFiles.write(Files.createDirectory(folder.resolve("a folder")));
    String line = RabbitCtl.line(Path.of("/real/rabbitmqctl"), files, List.of("purge_queue", "q"));
    assertThat(line)
        .isEqualTo(
            "HOME='%s' ERL_EPMD_PORT=%d /real/rabbitmqctl -n %s purge_queue q",
            files.folder(), files.mapperPort(), files.node())
        .doesNotContain(Files.readString(files.folder().resolve(".erlang.cookie")));
  }

  @Test
  void aFolderThatCannotBeMadeIsSaidWithWhereAndWhatToDo() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Folders.temporary(file))
        .isInstanceOf(BrokerUnavailable.class)
        .message()
        .hasLineCount(1)
        .contains(file.toString(), "TMPDIR", "-Djava.io.tmpdir");
  }
}
