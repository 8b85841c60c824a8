package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KafkaProcessesTest {

  @Test
  void aClassPathIsFoundFromAnotherFolderToo() {
    String given = "target/classes" + File.pathSeparator + "lib/one.jar";
    assertThat(KafkaProcesses.absolute(given).split(File.pathSeparator))
        .allSatisfy(entry -> assertThat(Path.of(entry)).isAbsolute())
        .satisfiesExactly(
            first -> assertThat(first).endsWith("classes"),
            second -> assertThat(second).endsWith("one.jar"));
  }
}
