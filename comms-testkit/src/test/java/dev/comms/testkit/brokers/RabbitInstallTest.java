package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RabbitInstallTest {

  @TempDir private Path folder;

  @Test
  void thePackagesOwnScriptsComeBeforeThoseOnThePath() throws IOException {
    Path scripts = programs("scripts", "rabbitmq-server", "rabbitmqctl");
    Path path = programs("path", "rabbitmq-server", "rabbitmqctl", "epmd");
    assertThat(RabbitInstall.find(List.of(scripts), List.of(path)))
        .contains(
            new RabbitInstall(
                scripts.resolve("rabbitmq-server"),
                scripts.resolve("rabbitmqctl"),
                path.resolve("epmd")));
  }

  @Test
  void aServerWithoutItsToolOrWithoutThePortMapperIsNoInstallation() throws IOException {
    Path half = programs("half", "rabbitmq-server", "epmd");
    Path noMapper = programs("noMapper", "rabbitmq-server", "rabbitmqctl");
    assertThat(RabbitInstall.find(List.of(), List.of(half))).isEmpty();
    assertThat(RabbitInstall.find(List.of(), List.of(noMapper))).isEmpty();
  }

  @Test
  void theEnvironmentOfANodeLeadsNowhereElse() throws IOException {
    RabbitFiles files = RabbitFiles.write(folder);
    var environment =
        files.environment(
            Map.of(
                "RABBITMQ_NODENAME", "rabbit@system",
                "RABBITMQ_HOME", "/elsewhere",
                "ERL_EPMD_PORT", "4369",
                "LANG", "C"));
    assertThat(environment)
        .containsEntry("LANG", "C")
        .containsEntry("RABBITMQ_NODENAME", files.node())
        .containsEntry("ERL_EPMD_PORT", String.valueOf(files.mapperPort()))
        .containsEntry("HOME", folder.toString())
        .doesNotContainKey("RABBITMQ_HOME");
  }

  private Path programs(String name, String... programs) throws IOException {
    Path programFolder = Files.createDirectory(folder.resolve(name));
    for (String program : programs) {
      Path file = Files.createFile(programFolder.resolve(program));
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return programFolder;
  }
}
