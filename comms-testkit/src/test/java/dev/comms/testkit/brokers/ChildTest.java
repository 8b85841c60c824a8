package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  @TempDir Path folder;

  @Test
  void aProgramThatIsStillOpenForWritingIsWaitedFor() throws Exception {
    Path program = folder.resolve("shell");
    Files.copy(Path.of("/bin/sh"), program, StandardCopyOption.COPY_ATTRIBUTES);
    OutputStream held = Files.newOutputStream(program, StandardOpenOption.APPEND);
    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(() -> close(held));
    List<String> command = List.of(program.toString(), "-c", "exit 0");

    Child child = Child.start(folder, folder.resolve("log"), command, Map.of());

    assertThat(child.exit(Duration.ofSeconds(10))).isZero();
  }

  @Test
  void aProgramThatIsMissingFailsAtOnce() {
    List<String> command = List.of(folder.resolve("absent").toString());
    assertThatThrownBy(() -> Child.start(folder, folder.resolve("log"), command, Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("absent");
  }

  private static void close(OutputStream held) {
    try {
      held.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
