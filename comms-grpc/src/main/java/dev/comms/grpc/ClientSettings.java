package dev.comms.grpc;

import dev.comms.contract.CommsException;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How to speak to one destination.
 *
 * @param target the destination, in gRPC's name syntax
 * @param plaintext without TLS
 * @param trusted certificates to trust in place of the JVM's, or null
 * @param maxMessageBytes the largest message, in either direction
 * @param keepAlive how long a connection with calls may be silent before it is probed
 * @param connecting how connections are found and used
 */
record ClientSettings(
    String target,
    boolean plaintext,
    @Nullable Path trusted,
    int maxMessageBytes,
    Duration keepAlive,
    Connecting connecting) {
  static final int FOUR_MEBIBYTES = 4 * 1024 * 1024;
  // gRPC raises what is shorter without a word.
  static final Duration SHORTEST_KEEP_ALIVE = Duration.ofSeconds(10);

  ClientSettings {
    if (target.isBlank()) {
      throw new IllegalArgumentException(
          "grpc: the target is empty; name it as host:port or dns:///host:port");
    }
    if (plaintext && trusted != null) {
      throw new IllegalArgumentException(
          "grpc " + target + ": plaintext() and trusting(..) contradict each other; take one");
    }
    if (maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          "grpc " + target + ": maxMessageBytes is " + maxMessageBytes + " but must be at least 1");
    }
    if (keepAlive.compareTo(SHORTEST_KEEP_ALIVE) < 0) {
      throw new IllegalArgumentException(
          "grpc "
              + target
              + ": keepAlive is "
              + keepAlive
              + " but must be at least "
              + SHORTEST_KEEP_ALIVE);
    }
  }

  static ClientSettings of(String target) {
    return new ClientSettings(
        target,
        target.startsWith(Channels.IN_PROCESS),
        null,
        FOUR_MEBIBYTES,
        Duration.ofSeconds(30),
        Connecting.DEFAULT);
  }

  ClientSettings connecting(Connecting other) {
    return new ClientSettings(target, plaintext, trusted, maxMessageBytes, keepAlive, other);
  }

  ChannelCredentials credentials() {
    if (plaintext) {
      return InsecureChannelCredentials.create();
    }
    if (trusted == null) {
      return TlsChannelCredentials.create();
    }
    return TlsChannelCredentials.newBuilder().trustManager(trustManagers(trusted)).build();
  }

  /** Read here and not by gRPC, which would not say which file is wrong. */
  private TrustManager[] trustManagers(Path certificates) {
    try (InputStream pem = Files.newInputStream(certificates)) {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        anchors.setCertificateEntry("trusted-" + anchors.size(), one);
      }
      if (anchors.size() == 0) {
        throw new CertificateException("no certificate in it");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(anchors);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException unusable) {
      throw new CommsException.Misconfigured(
          "grpc " + target,
          "the trusted certificates "
              + certificates
              + " cannot be used; give a readable PEM file of X.509 certificates");
    }
  }
}
