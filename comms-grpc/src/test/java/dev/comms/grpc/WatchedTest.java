package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change under a running service. Two fit if both have the same text. */
class WatchedTest {
  @TempDir Path folder;
  private Path one;
  private Path two;
  private Watched<String> watched;

  @BeforeEach
  void begin() throws IOException {
    one = Files.writeString(folder.resolve("one"), "a");
    two = Files.writeString(folder.resolve("two"), "a");
    watched =
        new Watched<>(
            "owner",
            "the pair",
            List.of(one, two),
            contents -> {
              String first = new String(contents.get(0), StandardCharsets.UTF_8);
              if (!first.equals(new String(contents.get(1), StandardCharsets.UTF_8))) {
                throw new GeneralSecurityException("they do not fit");
              }
              return first;
            });
    assertThat(watched.read("two that fit")).isEqualTo("a");
  }

  @Test
  void whatDidNotChangeIsNotReadAnew() throws IOException {
    Files.writeString(one, "a");

    assertThat(watched.look()).isNull();
  }

  @Test
  void whatIsHalfWrittenIsWaitedForInSilence() throws IOException {
    try (Printed printed = new Printed()) {
      Files.writeString(one, "b");
      assertThat(watched.look()).isNull();
      Files.writeString(two, "b");

      assertThat(watched.look()).isEqualTo("b");
      assertThat(watched.look()).isNull();
      assertThat(printed.text()).isEmpty();
    }
  }

  @Test
  void whatStaysWrongIsReportedOnceWithItsNamesOnly() throws IOException {
    try (Printed printed = new Printed()) {
      Files.writeString(one, "s3cret");
      for (int i = 0; i < 5; i++) {
        assertThat(watched.look()).isNull();
      }

      assertThat(printed.text().split("stays in use", -1)).hasSize(2);
      assertThat(printed.text())
          .contains(one.toString(), two.toString(), "they do not fit")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void aFileThatIsGoneForAWhileChangesNothing() throws IOException {
    try (Printed printed = new Printed()) {
      Files.delete(two);
      assertThat(watched.look()).isNull();
      assertThat(watched.look()).isNull();
      assertThat(printed.text()).contains("cannot be read").contains(two.toString());

      Files.writeString(two, "a");
      assertThat(watched.look()).as("it is what it was").isNull();
      Files.writeString(one, "c");
      Files.writeString(two, "c");
      assertThat(watched.look()).isEqualTo("c");
    }
  }

  @Test
  void aFileThatIsMuchTooLargeIsNotRead() throws IOException {
    Files.write(one, new byte[2 * 1024 * 1024]);

    assertThat(watched.look()).isNull();
  }

  @Test
  void atTheStartWhatIsWrongIsRefusedByName() throws IOException {
    Files.writeString(two, "s3cret");

    assertThatThrownBy(() -> watched.read("two that fit"))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining(one.toString())
        .hasMessageContaining("two that fit")
        .hasMessageNotContaining("s3cret");
  }
}
