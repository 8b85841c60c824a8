package dev.comms.grpc;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEM text to certificates and keys; what it throws never contains any of the text. */
final class Pem {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private Pem() {}

  /**
   * All certificates, in the order of the file; at least one.
   *
   * @throws GeneralSecurityException if it is none, or one of them cannot be read
   */
  static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    try {
      for (Certificate one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        all.add((X509Certificate) one);
      }
    } catch (CertificateException quotesIt) {
      throw new CertificateException("a certificate in it cannot be read");
    }
    if (all.isEmpty()) {
      throw new CertificateException("no certificate in it");
    }
    return all;
  }

  /**
   * The private key, which is not encrypted.
   *
   * @throws GeneralSecurityException if there is no PKCS #8 key of RSA, EC or Ed25519 in it
   */
  static PrivateKey key(byte[] pem) throws GeneralSecurityException {
    Matcher found = KEY.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!found.find()) {
      throw new InvalidKeySpecException("no BEGIN PRIVATE KEY in it");
    }
    PKCS8EncodedKeySpec der = new PKCS8EncodedKeySpec(decoded(found.group(1)));
    InvalidKeySpecException none = new InvalidKeySpecException("it is no key of " + ALGORITHMS);
    // The text names no algorithm, so each is tried.
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(der);
      } catch (InvalidKeySpecException another) {
        none.addSuppressed(another);
      }
    }
    throw none;
  }

  private static byte[] decoded(String base64) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException broken) {
      // Without its cause, whose text quotes the key.
      throw new InvalidKeySpecException("it is not base64");
    }
  }
}
