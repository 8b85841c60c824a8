package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerReportTest {

  @TempDir private Path folder;

  private final Broker broker =
      new Running("rabbitmq", "3.10.8", "amqp://me:s3cret@host", "private node", () -> {});

  @Test
  void aBrokerLeavesOneLineAndASecondStartOfItNoSecond() throws IOException {
    Map<String, String> environment = Map.of("COMMS_EVIDENCE", folder.resolve("new").toString());
    BrokerReport.write(broker, environment);
    BrokerReport.write(broker, environment);
    List<Path> files = files(folder.resolve("new"));
    assertThat(files).hasSize(1);
    assertThat(files.get(0).getFileName().toString()).endsWith(".rabbitmq.3.10.8.broker");
    assertThat(Files.readString(files.get(0)))
        .startsWith("rabbitmq\t3.10.8\tprivate-node\t")
        .endsWith("\n")
        .doesNotContain("s3cret");
  }

  @Test
  void withoutAFolderNothingIsWritten() throws IOException {
    BrokerReport.write(broker, Map.of());
    assertThat(files(folder)).isEmpty();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
