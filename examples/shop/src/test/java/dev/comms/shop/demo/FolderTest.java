package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
  @TempDir Path temporary;

  @Test
  void aFolderIsDeletedWithAllThatIsInIt() throws IOException {
    Path folder = Folder.temporary(temporary);
    Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("file"), "text");

    Folder.delete(folder);
    Folder.delete(folder);

    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whereNoFolderCanBeMadeOneLineSaysWhereAndWhatToDo() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> Folder.temporary(file))
        .isInstanceOf(IOException.class)
        .message()
        .hasLineCount(1)
        .contains("mails", file.toString(), "TMPDIR");
  }
}
