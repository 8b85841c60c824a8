package dev.comms.grpc;

import dev.comms.contract.CommsException;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket in the file system that only its owner may open. It is made in a folder that only the
 * owner can enter, restricted there, and then moved to its name in one step, over the socket that a
 * killed server may have left: so it is never open to others, and never missing. A lock beside it
 * keeps two servers from doing that to each other; the lock's file stays, since removing it would
 * let two have one.
 */
final class UnixDoor implements Door {
  private static final Logger LOG = LoggerFactory.getLogger(UnixDoor.class);

  /** What this process listens at; entries end with their doors. */
  private static final Set<Path> HERE = ConcurrentHashMap.newKeySet();

  private static final int SOCKET = 0140000;
  private static final int KIND = 0170000;
  // The kernel's sun_path holds 108 bytes, the last of them 0.
  private static final int LONGEST = 107;

  private final String who;
  private final Path path;
  private final Path folder;
  private final Path made;
  private final ServerCredentials credentials;
  private final UnixSockets sockets = new UnixSockets();
  private @Nullable FileChannel lock;
  private boolean mine;
  private boolean open;

  private UnixDoor(String who, Path path, ServerCredentials credentials) {
    this.who = who;
    this.path = path;
    this.credentials = credentials;
    this.folder = path.resolveSibling("." + UUID.randomUUID().toString().substring(0, 8));
    this.made = folder.resolve("s");
  }

  /** Looks at nothing but the name; {@link #builder()} does. */
  static UnixDoor at(String who, String place, ServerCredentials credentials) {
    UnixSockets.require(who);
    Path path = path(place);
    UnixDoor door = new UnixDoor(who, path, credentials);
    int bytes = Math.max(bytes(path), bytes(door.made));
    if (bytes > LONGEST) {
      door.close();
      throw new CommsException.Misconfigured(
          who, "its path takes " + bytes + " bytes but sockets have at most " + LONGEST);
    }
    return door;
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /** From {@code unix:///path}. */
  static Path path(String place) {
    return Path.of(place.substring(Channels.UNIX.length() + 2));
  }

  @Override
  public ServerBuilder<?> builder() {
    try {
      takeLock();
      refuseWhatIsThere();
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return sockets.server(made, credentials);
    } catch (IOException | UnsupportedOperationException unusable) {
      throw new CommsException.Misconfigured(
          who, "its folder cannot be used (" + unusable + "); give one that this user may write");
    }
  }

  private void takeLock() throws IOException {
    // Closing any other handle of the file would end this process' lock on it.
    mine = HERE.add(path);
    if (!mine) {
      throw taken();
    }
    lock =
        FileChannel.open(
            path.resolveSibling(path.getFileName() + ".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (lock.tryLock() == null) {
        throw taken();
      }
    } catch (OverlappingFileLockException mine) {
      throw taken();
    }
  }

  private CommsException taken() {
    return new CommsException.Misconfigured(
        who, "another server listens there; stop it, or choose another path");
  }

  /** Only a socket that nobody answers at is replaced. */
  private void refuseWhatIsThere() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & KIND) != SOCKET) {
      throw new CommsException.Misconfigured(
          who, "what is there is no socket, and it is not removed; choose another path");
    }
    if (answers()) {
      throw taken();
    }
  }

  private boolean answers() throws IOException {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (ConnectException nobody) {
      return false;
    }
  }

  @Override
  public void opened() throws IOException {
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
    Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
    open = true;
    Files.deleteIfExists(folder);
  }

  @Override
  public String address(Server listening) {
    return Channels.UNIX + "//" + path;
  }

  /** The lock goes last: until then the path is ours. */
  @Override
  public void close() {
    sockets.close();
    try {
      if (open) {
        open = false;
        Files.deleteIfExists(path);
      }
      Files.deleteIfExists(made);
      Files.deleteIfExists(folder);
    } catch (IOException left) {
      LOG.warn("{}: {} is left behind; the next server there replaces it", who, left.getMessage());
    } finally {
      release();
    }
  }

  private void release() {
    FileChannel held = lock;
    try {
      if (held != null) {
        held.close();
      }
    } catch (IOException unclosed) {
      LOG.warn("{}: its lock cannot be released ({})", who, unclosed.getMessage());
    }
    if (mine) {
      mine = false;
      HERE.remove(path);
    }
  }
}
