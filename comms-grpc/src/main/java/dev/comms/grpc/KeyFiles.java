package dev.comms.grpc;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where an identity lies.
 *
 * @param chain the certificate chain, PEM
 * @param key its private key, PKCS #8 in PEM, not encrypted
 */
record KeyFiles(Path chain, Path key) {
  KeyFiles {
    Objects.requireNonNull(chain, "certificate chain");
    Objects.requireNonNull(key, "private key");
  }

  @Override
  public String toString() {
    return chain + " and " + key;
  }
}
