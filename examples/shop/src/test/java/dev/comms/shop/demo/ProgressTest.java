package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void withoutATerminalThereIsOneLinePerTenPerCent() {
    Progress progress = new Progress(out, false, "ordered", 200);

    for (int i = 0; i <= 200; i++) {
      progress.at(i);
    }
    progress.end();

    assertThat(text().lines()).hasSize(10).first().isEqualTo("ordered: 10 % (20 of 200)");
    assertThat(text().lines()).last().isEqualTo("ordered: 100 % (200 of 200)");
  }

  @Test
  void onATerminalOneLineIsDrawnAnew() {
    Progress progress = new Progress(out, true, "ordered", 2);

    progress.at(1);
    progress.at(2);
    progress.end();

    assertThat(text().lines().filter(line -> !line.isEmpty())).hasSize(2);
    assertThat(text()).startsWith("\r").contains("50 %").contains("100 %").endsWith("\n");
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
