package dev.comms.grpc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate chain and the private key of its first certificate.
 *
 * @param chain the certificate itself first, then who vouches for it
 * @param key never shown
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] PROBE =
      "comms: do these two belong together?".getBytes(StandardCharsets.US_ASCII);

  /**
   * A pair that fits.
   *
   * @throws GeneralSecurityException if the key is not the certificate's
   */
  static Identity of(List<X509Certificate> chain, PrivateKey key) throws GeneralSecurityException {
    String algorithm = signatureOf(key);
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(PROBE);
    Signature checking = Signature.getInstance(algorithm);
    checking.initVerify(chain.get(0).getPublicKey());
    checking.update(PROBE);
    if (!checking.verify(signing.sign())) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
    return new Identity(List.copyOf(chain), key);
  }

  private static String signatureOf(PrivateKey key) throws GeneralSecurityException {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519" -> "Ed25519";
      default -> throw new GeneralSecurityException("keys of " + key.getAlgorithm());
    };
  }

  /** When the first of the chain ends: no peer accepts it from then on. */
  Instant expires() {
    Instant first = chain.get(0).getNotAfter().toInstant();
    for (X509Certificate one : chain) {
      Instant end = one.getNotAfter().toInstant();
      first = end.isBefore(first) ? end : first;
    }
    return first;
  }

  /** Whether less than a tenth of its life is left: whoever rotates should have done so by now. */
  boolean endsSoon(Instant now) {
    Instant begun = chain.get(0).getNotBefore().toInstant();
    long life = Math.max(0, expires().toEpochMilli() - begun.toEpochMilli());
    return now.isAfter(expires().minusMillis(life / 10));
  }

  /** What an operator compares with the file, in hex as openssl writes it. */
  String serial() {
    return chain.get(0).getSerialNumber().toString(16);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return chain.get(0).getSubjectX500Principal() + " serial " + serial();
  }
}
