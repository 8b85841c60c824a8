package dev.comms.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes certificates for tests, in milliseconds each: keytool needs a second and a process for one.
 */
final class Authority {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final AtomicLong SERIALS = new AtomicLong(1000);
  private static final byte[] ECDSA_WITH_SHA256 =
      tlv(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

  private final String name;
  private final KeyPair keys = keys();
  private final byte[] certificate;

  Authority(String name) {
    this.name = name;
    byte[] mayIssue =
        extension(new int[] {0x55, 0x1d, 0x13}, tlv(0x30, new byte[] {0x01, 0x01, -1}));
    this.certificate = sign(name, keys, Instant.now().plus(Duration.ofDays(2)), 1, mayIssue);
  }

  /** What vouches for all that is issued here, as PEM. */
  String pem() {
    return pem("CERTIFICATE", certificate);
  }

  /**
   * A certificate with its key.
   *
   * @param serial its number
   * @param chain PEM
   * @param key PEM
   */
  record Pair(String serial, String chain, String key) {

    /** Writes both so that nobody ever reads a half of either. */
    void into(Path chainFile, Path keyFile) {
      replace(chainFile, chain);
      replace(keyFile, key);
    }
  }

  /** Names with a colon are URIs, others host names. */
  Pair issue(String subject, String... names) {
    return issue(subject, Instant.now().plus(Duration.ofDays(1)), names);
  }

  Pair issue(String subject, Instant until, String... names) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String one : names) {
      all.writeBytes(tlv(one.contains(":") ? 0x86 : 0x82, ascii(one)));
    }
    long serial = SERIALS.incrementAndGet();
    KeyPair own = keys();
    byte[] alternatives =
        names.length == 0
            ? new byte[0]
            : extension(new int[] {0x55, 0x1d, 0x11}, tlv(0x30, all.toByteArray()));
    byte[] signed = sign(subject, own, until, serial, alternatives);
    return new Pair(
        Long.toString(serial, 16),
        pem("CERTIFICATE", signed),
        pem("PRIVATE KEY", own.getPrivate().getEncoded()));
  }

  static void replace(Path file, String text) {
    try {
      Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  private byte[] sign(String subject, KeyPair own, Instant until, long serial, byte[] extension) {
    byte[] extensions = extension.length == 0 ? extension : tlv(0xa3, tlv(0x30, extension));
    Instant from = Instant.now().minus(Duration.ofDays(1));
    byte[] content =
        tlv(
            0x30,
            tlv(0xa0, tlv(0x02, new byte[] {2})),
            tlv(0x02, BigInteger.valueOf(serial).toByteArray()),
            ECDSA_WITH_SHA256,
            distinguished(name),
            tlv(0x30, tlv(0x17, ascii(UTC_TIME.format(from))), tlv(0x17, ascii(time(until)))),
            distinguished(subject),
            own.getPublic().getEncoded(),
            extensions);
    byte[] signature = signature(keys.getPrivate(), content);
    return tlv(0x30, content, ECDSA_WITH_SHA256, tlv(0x03, new byte[] {0}, signature));
  }

  private static String time(Instant until) {
    return UTC_TIME.format(until);
  }

  private static byte[] distinguished(String common) {
    byte[] text = tlv(0x0c, common.getBytes(StandardCharsets.UTF_8));
    return tlv(0x30, tlv(0x31, tlv(0x30, oid(0x55, 0x04, 0x03), text)));
  }

  private static byte[] extension(int[] id, byte[] value) {
    return tlv(0x30, oid(id), tlv(0x04, value));
  }

  private static byte[] oid(int... encoded) {
    byte[] bytes = new byte[encoded.length];
    for (int i = 0; i < encoded.length; i++) {
      bytes[i] = (byte) encoded[i];
    }
    return tlv(0x06, bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Tag, length, value: all that DER is. */
  private static byte[] tlv(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    List.of(parts).forEach(content::writeBytes);
    int length = content.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (length < 128) {
      all.write(length);
    } else {
      byte[] size = BigInteger.valueOf(length).toByteArray();
      int skip = size[0] == 0 ? 1 : 0;
      all.write(0x80 | (size.length - skip));
      all.write(size, skip, size.length - skip);
    }
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] signature(PrivateKey key, byte[] content) {
    try {
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(key);
      signing.update(content);
      return signing.sign();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static String pem(String kind, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
  }
}
