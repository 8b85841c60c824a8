package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.grpc.Authority.Pair;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PEM files as operators write them. */
class PemTest {
  private final Authority authority = new Authority("authority");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void aKeyOfEachKindIsRead(String algorithm) throws GeneralSecurityException {
    PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    String pem =
        "a comment\n-----BEGIN PRIVATE KEY-----\r\n"
            + Base64.getMimeEncoder().encodeToString(key.getEncoded())
            + "\r\n-----END PRIVATE KEY-----\n";

    assertThat(Pem.key(bytes(pem)).getEncoded()).isEqualTo(key.getEncoded());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3cret",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\ns3cret\n-----END ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ns3cre\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ns3cret"
      })
  void whatIsNoKeyIsRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> Pem.key(bytes(text)))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageNotContaining("s3cre")
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s3cret", "-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----"})
  void whatIsNoCertificateIsRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> Pem.certificates(bytes(text)))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  @Test
  void aChainKeepsItsOrder() throws GeneralSecurityException {
    Pair pair = authority.issue("leaf", "localhost");

    assertThat(Pem.certificates(bytes(pair.chain() + authority.pem())))
        .extracting(one -> one.getSubjectX500Principal().getName())
        .containsExactly("CN=leaf", "CN=authority");
  }

  @Test
  void aPairThatDoesNotFitIsNoIdentity() throws GeneralSecurityException {
    Pair one = authority.issue("one");
    Pair other = authority.issue("other");
    var chain = Pem.certificates(bytes(one.chain()));

    Identity identity = Identity.of(chain, Pem.key(bytes(one.key())));
    assertThat(identity.serial()).isEqualTo(one.serial());
    assertThat(identity.toString()).contains("CN=one").doesNotContain("PrivateKey");
    assertThatThrownBy(() -> Identity.of(chain, Pem.key(bytes(other.key()))))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void theLastTenthOfALifeIsSoon() throws GeneralSecurityException {
    // It began a day ago.
    Pair pair = authority.issue("one", Instant.now().plus(Duration.ofDays(9)));
    Identity identity =
        Identity.of(Pem.certificates(bytes(pair.chain())), Pem.key(bytes(pair.key())));

    assertThat(identity.endsSoon(Instant.now().plus(Duration.ofDays(7)))).isFalse();
    assertThat(identity.endsSoon(Instant.now().plus(Duration.ofHours(8 * 24 + 1)))).isTrue();
    assertThat(identity.endsSoon(Instant.now().plus(Duration.ofDays(20)))).isTrue();
  }

  @Test
  void aHandshakeThatHasBegunIsGivenTheIdentityItBeganWith() throws GeneralSecurityException {
    Pair first = authority.issue("first");
    Pair second = authority.issue("second");
    RotatingKeys keys = new RotatingKeys(identity(first));
    String alias = keys.chooseEngineServerAlias("EC", null, null);

    keys.rotate(identity(second));

    assertThat(keys.getCertificateChain(alias)[0].getSerialNumber().toString(16))
        .isEqualTo(first.serial());
    assertThat(keys.getPrivateKey(alias).getEncoded())
        .isEqualTo(identity(first).key().getEncoded());
    String next = keys.chooseEngineClientAlias(new String[] {"EC"}, null, null);
    assertThat(keys.getCertificateChain(next)[0].getSerialNumber().toString(16))
        .isEqualTo(second.serial());
    keys.rotate(identity(first));
    assertThat(keys.getPrivateKey(alias)).as("two rotations later it is forgotten").isNull();
  }

  private static Identity identity(Pair pair) throws GeneralSecurityException {
    return Identity.of(Pem.certificates(bytes(pair.chain())), Pem.key(bytes(pair.key())));
  }
}
