package dev.comms.shop.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailFolderTest {
  @TempDir Path folder;

  @Test
  void aMailIsOneFileNamedByItsIdAndNothingElseIsLeft() throws IOException {
    MailFolder mails = new MailFolder(folder.resolve("mails"));

    mails.put("mail-7", bytes("first"));

    assertThat(mails.files()).singleElement().satisfies(this::isMail7);
    assertThat(names(folder.resolve("mails"))).containsExactly("mail-7.eml");
  }

  private void isMail7(Path file) {
    assertThat(MailFolder.idOf(file)).isEqualTo("mail-7");
    assertThat(file).hasContent("first");
  }

  @Test
  void theSameIdAgainChangesNothing() throws IOException {
    MailFolder mails = new MailFolder(folder);
    mails.put("mail-7", bytes("first"));

    mails.put("mail-7", bytes("second"));

    assertThat(mails.files()).singleElement().satisfies(this::isMail7);
  }

  @Test
  void whoLooksWhileItIsWrittenSeesTheWholeMailOrNone() throws Exception {
    MailFolder mails = new MailFolder(folder);
    byte[] large = "x".repeat(2_000_000).getBytes(StandardCharsets.US_ASCII);
    CountDownLatch written = new CountDownLatch(1);
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<?> writing =
          writer.submit(
              () -> {
                for (int i = 0; i < 20; i++) {
                  mails.put("mail-" + i, large);
                }
                written.countDown();
                return null;
              });
      while (written.getCount() > 0 && !writing.isDone()) {
        for (Path file : mails.files()) {
          assertThat(Files.size(file)).isEqualTo(large.length);
        }
      }
      writing.get();
    } finally {
      writer.shutdownNow();
    }
    assertThat(mails.files()).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../evil", "a/b", ".hidden", "a\nb"})
  void anIdThatCouldLeaveTheFolderIsRefused(String id) {
    assertThatThrownBy(() -> new MailFolder(folder).put(id, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot name a file");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Stream<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList().stream();
    }
  }
}
