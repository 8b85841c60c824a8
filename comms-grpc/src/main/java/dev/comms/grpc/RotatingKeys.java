package dev.comms.grpc;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows an identity that can be changed while handshakes are under way. A handshake asks for an
 * alias, then for its chain, then for its key: each identity has an alias of its own, and the one
 * before it stays known, so no handshake is given the chain of one and the key of another.
 */
final class RotatingKeys extends X509ExtendedKeyManager {
  private volatile Generation current;

  /** One identity and the one that it followed. */
  private record Generation(long number, Identity identity, @Nullable Generation before) {
    String alias() {
      return "comms-" + number;
    }
  }

  RotatingKeys(Identity first) {
    this.current = new Generation(1, first, null);
  }

  /** By one thread at a time. */
  void rotate(Identity next) {
    Generation last = current;
    Generation before = new Generation(last.number(), last.identity(), null);
    current = new Generation(last.number() + 1, next, before);
  }

  Identity identity() {
    return current.identity();
  }

  private @Nullable Identity known(String alias) {
    Generation at = current;
    while (at != null) {
      if (at.alias().equals(alias)) {
        return at.identity();
      }
      at = at.before();
    }
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Identity identity = known(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Identity identity = known(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {current.alias()};
  }

  // There is one identity, so it is shown to everybody; whether it is enough, the peer says.
  @Override
  public String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return current.alias();
  }

  @Override
  public String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return current.alias();
  }

  @Override
  public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {current.alias()};
  }

  @Override
  public String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return current.alias();
  }

  @Override
  public String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return current.alias();
  }
}
