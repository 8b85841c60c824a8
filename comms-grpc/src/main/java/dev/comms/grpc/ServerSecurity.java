package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.spi.Host;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows, and whom it lets in.
 *
 * @param plaintext without TLS
 * @param pair its certificate chain and private key, or null
 * @param clients the certificates that vouch for clients, who must then show one; or null
 * @param authorizer who decides about each call, or null
 * @param reloadEvery how long to wait between two looks at the files
 * @param handshakeWithin how long a new connection may take to say what it is
 */
record ServerSecurity(
    boolean plaintext,
    @Nullable KeyFiles pair,
    @Nullable Path clients,
    @Nullable Authorizer authorizer,
    Duration reloadEvery,
    Duration handshakeWithin) {
  static final ServerSecurity TLS =
      new ServerSecurity(
          false, null, null, null, ClientSecurity.RELOAD_EVERY, Duration.ofSeconds(10));

  /**
   * What cannot go together.
   *
   * @throws IllegalArgumentException if it does; it names whose settings these are
   */
  void check(String owner) {
    if (plaintext && pair != null) {
      throw new IllegalArgumentException(
          owner + ": plaintext() and tls(..) contradict each other; take one");
    }
    if (plaintext && clients != null) {
      throw new IllegalArgumentException(
          owner + ": plaintext() and requireClients(..) contradict each other; take one");
    }
  }

  ServerSecurity inPlaintext() {
    return new ServerSecurity(true, pair, clients, authorizer, reloadEvery, handshakeWithin);
  }

  ServerSecurity pair(KeyFiles files) {
    return new ServerSecurity(plaintext, files, clients, authorizer, reloadEvery, handshakeWithin);
  }

  ServerSecurity clients(Path trusted) {
    return new ServerSecurity(plaintext, pair, trusted, authorizer, reloadEvery, handshakeWithin);
  }

  ServerSecurity authorizer(Authorizer decides) {
    return new ServerSecurity(plaintext, pair, clients, decides, reloadEvery, handshakeWithin);
  }

  ServerSecurity reloadEvery(Duration wait) {
    return new ServerSecurity(plaintext, pair, clients, authorizer, wait, handshakeWithin);
  }

  ServerSecurity handshakeWithin(Duration most) {
    return new ServerSecurity(plaintext, pair, clients, authorizer, reloadEvery, most);
  }

  /** Reads the files, and looks at them until what is returned is closed. */
  TlsFiles open(String owner, Host host) {
    if (!plaintext && pair == null) {
      throw new CommsException.Misconfigured(
          owner, "it has no key pair; give it tls(certificateChain, privateKey) or plaintext()");
    }
    return new TlsFiles(owner, host, reloadEvery, pair, clients);
  }

  ServerCredentials credentials(String owner, TlsFiles files) {
    RotatingKeys keys = files.keys();
    if (keys == null) {
      return InsecureServerCredentials.create();
    }
    try {
      return Handshakes.server(keys, files.trust());
    } catch (SSLException impossible) {
      throw new CommsException.Misconfigured(owner, "this JVM has no TLS: " + impossible);
    }
  }
}
