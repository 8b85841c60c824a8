package dev.comms.shop.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A folder with one file per mail, named by the task's id. A file is there whole or not at all: it
 * is written and forced under another name, then renamed.
 */
public final class MailFolder {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,150}");
  private static final String SUFFIX = ".eml";

  private final Path folder;

  /** The folder is made if it is missing. */
  public MailFolder(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException noFolder) {
      throw new UncheckedIOException(noFolder);
    }
  }

  /** Puts a mail there; the same id again changes nothing. */
  void put(String id, byte[] mail) throws IOException {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "task id '" + id.replaceAll("\\p{Cntrl}", "?") + "' cannot name a file; use " + ID);
    }
    Path target = folder.resolve(id + SUFFIX);
    if (Files.exists(target)) {
      return;
    }
    Path draft = folder.resolve("." + id + "." + UUID.randomUUID() + ".draft");
    try {
      try (FileChannel file =
          FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(mail);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** The mails that are there. */
  public List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> mails = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      mails.forEach(files::add);
    }
    return files;
  }

  /** The task's id that names this mail. */
  public static String idOf(Path mail) {
    String name = String.valueOf(mail.getFileName());
    return name.substring(0, name.length() - SUFFIX.length());
  }
}
