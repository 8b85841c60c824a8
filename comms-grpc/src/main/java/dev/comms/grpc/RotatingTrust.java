package dev.comms.grpc;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts what can be changed while handshakes are under way. All questions go to Java's own trust
 * manager, which also checks the host's name when the client's engine demands it.
 */
final class RotatingTrust extends X509ExtendedTrustManager {
  private volatile X509ExtendedTrustManager current;

  RotatingTrust(X509ExtendedTrustManager first) {
    this.current = first;
  }

  void rotate(X509ExtendedTrustManager next) {
    current = next;
  }

  /** How many certificates are trusted. */
  int anchors() {
    return current.getAcceptedIssuers().length;
  }

  /**
   * Java's trust manager for these anchors.
   *
   * @throws GeneralSecurityException if Java cannot use them
   */
  static X509ExtendedTrustManager manager(List<X509Certificate> anchors)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      store.load(null, null);
    } catch (IOException neverReads) {
      throw new GeneralSecurityException(neverReads);
    }
    for (X509Certificate anchor : anchors) {
      store.setCertificateEntry("trusted-" + store.size(), anchor);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager one : factory.getTrustManagers()) {
      if (one instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("Java has no trust manager that checks names");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    current.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    current.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    current.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    current.checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    current.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    current.checkServerTrusted(chain, type, engine);
  }

  /**
   * None: a server would send their names to its clients as they were at its start, and a client
   * whose issuer came later would not show its certificate.
   */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
