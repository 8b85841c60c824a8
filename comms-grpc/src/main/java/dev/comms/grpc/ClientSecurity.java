package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.spi.Host;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client trusts, and how it shows who it is.
 *
 * @param plaintext without TLS
 * @param trusted certificates to trust in place of the JVM's, or null
 * @param identity what it shows to a server that asks for a certificate, or null
 * @param bearer where its tokens come from, or null
 * @param reloadEvery how long to wait between two looks at the files
 */
record ClientSecurity(
    boolean plaintext,
    @Nullable Path trusted,
    @Nullable KeyFiles identity,
    @Nullable Bearer bearer,
    Duration reloadEvery) {
  static final Duration RELOAD_EVERY = Duration.ofSeconds(10);
  static final ClientSecurity TLS = new ClientSecurity(false, null, null, null, RELOAD_EVERY);

  /**
   * What cannot go together.
   *
   * @throws IllegalArgumentException if it does; it names whose settings these are
   */
  void check(String owner) {
    if (plaintext && trusted != null) {
      throw new IllegalArgumentException(
          owner + ": plaintext() and trusting(..) contradict each other; take one");
    }
    if (plaintext && identity != null) {
      throw new IllegalArgumentException(
          owner + ": plaintext() and identity(..) contradict each other; take one");
    }
    if (plaintext && bearer != null && !bearer.evenOnPlaintext()) {
      throw new IllegalArgumentException(
          owner
              + ": plaintext() would show the tokens of bearer(..) to whoever listens; use TLS, or"
              + " say bearerEvenOnPlaintext(..)");
    }
  }

  ClientSecurity inPlaintext() {
    return new ClientSecurity(true, trusted, identity, bearer, reloadEvery);
  }

  ClientSecurity trusting(Path certificates) {
    return new ClientSecurity(plaintext, certificates, identity, bearer, reloadEvery);
  }

  ClientSecurity identity(KeyFiles files) {
    return new ClientSecurity(plaintext, trusted, files, bearer, reloadEvery);
  }

  ClientSecurity bearer(Bearer tokens) {
    return new ClientSecurity(plaintext, trusted, identity, tokens, reloadEvery);
  }

  ClientSecurity reloadEvery(Duration wait) {
    return new ClientSecurity(plaintext, trusted, identity, bearer, wait);
  }

  /** Reads the files, and looks at them until what is returned is closed. */
  TlsFiles open(String owner, Host host) {
    return new TlsFiles(owner, host, reloadEvery, identity, trusted);
  }

  /** For gRPC; the host's name is checked by gRPC and Java, whichever anchors are trusted. */
  ChannelCredentials credentials(String owner, TlsFiles files) {
    if (plaintext) {
      return InsecureChannelCredentials.create();
    }
    try {
      return Handshakes.client(files.keys(), files.trust());
    } catch (SSLException impossible) {
      throw new CommsException.Misconfigured(owner, "this JVM has no TLS: " + impossible);
    }
  }
}
