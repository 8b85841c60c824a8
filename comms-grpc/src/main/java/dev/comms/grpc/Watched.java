package dev.comms.grpc;

import dev.comms.contract.CommsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that belong together and are looked at again and again; by one thread at a time. It is
 * their content that counts, since neither times nor links say that a secret was renewed in place.
 */
final class Watched<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Watched.class);
  private static final int MOST_BYTES = 1024 * 1024;
  private static final List<byte[]> UNREADABLE = List.of();

  private final String owner;
  private final String what;
  private final List<Path> files;
  private final Reading<T> reading;
  private List<byte[]> taken = List.of();
  // What could not be used the last time; null if all was well.
  private @Nullable List<byte[]> refused;
  private boolean reported;

  /** Makes something of what the files contain. */
  interface Reading<T> {
    T of(List<byte[]> contents) throws GeneralSecurityException;
  }

  Watched(String owner, String what, List<Path> files, Reading<T> reading) {
    this.owner = owner;
    this.what = what;
    this.files = List.copyOf(files);
    this.reading = reading;
  }

  /**
   * The first time: without them there is nothing to begin with.
   *
   * @throws CommsException.Misconfigured if they cannot be used; it names them, and nothing of what
   *     is in them
   */
  T read(String rule) {
    try {
      List<byte[]> contents = contents();
      T made = reading.of(contents);
      taken = contents;
      return made;
    } catch (IOException | GeneralSecurityException unusable) {
      throw new CommsException.Misconfigured(
          owner, what + " " + names() + " cannot be used; give " + rule);
    }
  }

  /**
   * What is new, or null. What cannot be used may be half written, so it is complained about only
   * when it is the same the next time, and then once.
   */
  @Nullable T look() {
    List<byte[]> contents = UNREADABLE;
    String wrong;
    try {
      contents = contents();
      T made = same(contents, taken) ? null : reading.of(contents);
      taken = contents;
      refused = null;
      reported = false;
      return made;
    } catch (IOException unreadable) {
      wrong = "cannot be read (" + unreadable.getClass().getSimpleName() + ")";
    } catch (GeneralSecurityException unusable) {
      wrong = "cannot be used (" + unusable.getMessage() + ")";
    }
    complain(contents, wrong);
    return null;
  }

  private void complain(List<byte[]> contents, String wrong) {
    boolean again = refused != null && same(contents, refused);
    if (again && !reported) {
      LOG.warn(
          "{}: {} {} {}; what was read before stays in use. Write all of it anew",
          owner,
          what,
          names(),
          wrong);
    }
    reported = again;
    refused = contents;
  }

  private List<byte[]> contents() throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (Path file : files) {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException("larger than " + MOST_BYTES + " bytes");
      }
      all.add(Files.readAllBytes(file));
    }
    return all;
  }

  private static boolean same(List<byte[]> some, List<byte[]> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < some.size(); i++) {
      if (!Arrays.equals(some.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private String names() {
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(text.length() == 0 ? "" : " and ").append(file);
    }
    return text.toString();
  }
}
