package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** On Linux, since other systems do not call a program busy while it is open for writing. */
@EnabledOnOs(OS.LINUX)
class ChildTest {
  @TempDir Path folder;

  @Test
  void aProgramThatIsStillOpenForWritingIsWaitedFor() throws Exception {
    Path program = folder.resolve("true");
    Files.copy(Path.of("/bin/true"), program);
    OutputStream held = Files.newOutputStream(program, StandardOpenOption.APPEND);
    CompletableFuture<Void> released =
        CompletableFuture.runAsync(
            () -> close(held), CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));

    Child child = Child.start(folder, folder.resolve("log"), List.of(program.toString()), Map.of());

    assertThat(released).isDone();
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
