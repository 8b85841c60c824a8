package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files behind one side's TLS: read when it is opened, and looked at again every few seconds,
 * so that what was renewed is shown and asked for from the next handshake on. Connections that are
 * open stay so.
 */
final class TlsFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
  private static final String PAIR_RULE =
      "a certificate chain and its private key (PKCS #8), both PEM";
  private static final String TRUST_RULE = "a readable PEM file of X.509 certificates";

  private final String owner;
  private final Host host;
  private final Duration every;
  private final @Nullable KeyFiles pair;
  private final @Nullable Watched<Identity> pairFiles;
  private final @Nullable Watched<X509ExtendedTrustManager> trustFile;
  private final @Nullable RotatingKeys keys;
  private final @Nullable RotatingTrust trust;
  private volatile Time.@Nullable Cancellable timer;
  private volatile boolean closed;
  // Whose end was complained about; only the one look that is under way uses it.
  private @Nullable Identity ending;

  /**
   * Reads them, and goes on to look at them until it is closed.
   *
   * @param owner whose they are, for messages
   * @param every how long to wait between two looks
   * @throws CommsException.Misconfigured if they cannot be used
   */
  TlsFiles(
      String owner, Host host, Duration every, @Nullable KeyFiles pair, @Nullable Path trusted) {
    this.owner = owner;
    this.host = host;
    this.every = every;
    this.pair = pair;
    this.pairFiles = pair == null ? null : watched(pair);
    this.trustFile = trusted == null ? null : watched(trusted);
    this.keys = pairFiles == null ? null : new RotatingKeys(pairFiles.read(PAIR_RULE));
    this.trust = trustFile == null ? null : new RotatingTrust(trustFile.read(TRUST_RULE));
    if (keys != null || trust != null) {
      complainOfAnEndThatIsNear();
      again();
    }
  }

  private Watched<Identity> watched(KeyFiles files) {
    return new Watched<>(
        owner,
        "the key pair",
        List.of(files.chain(), files.key()),
        contents -> Identity.of(Pem.certificates(contents.get(0)), Pem.key(contents.get(1))));
  }

  private Watched<X509ExtendedTrustManager> watched(Path trusted) {
    return new Watched<>(
        owner,
        "the trusted certificates",
        List.of(trusted),
        contents -> RotatingTrust.manager(Pem.certificates(contents.get(0))));
  }

  @Nullable RotatingKeys keys() {
    return keys;
  }

  @Nullable RotatingTrust trust() {
    return trust;
  }

  /** The next look begins when this one has ended, so there is one at a time. */
  private void again() {
    if (!closed) {
      timer = host.time().schedule(every, () -> host.callbacks().execute(this::look));
      if (closed) {
        stop();
      }
    }
  }

  private void look() {
    try {
      if (!closed) {
        rotate();
        complainOfAnEndThatIsNear();
      }
    } catch (RuntimeException broken) {
      LOG.warn("{}: its TLS files could not be looked at; they will be again", owner, broken);
    } finally {
      again();
    }
  }

  private void rotate() {
    Identity next = pairFiles == null ? null : pairFiles.look();
    if (next != null && keys != null) {
      keys.rotate(next);
      LOG.info("{}: new connections are shown {} from {}", owner, next, pair);
    }
    X509ExtendedTrustManager anchors = trustFile == null ? null : trustFile.look();
    if (anchors != null && trust != null) {
      trust.rotate(anchors);
      LOG.info("{}: new connections are checked against the new trusted certificates", owner);
    }
  }

  /** Once per certificate: who renews it has about a tenth of its life to do so. */
  private void complainOfAnEndThatIsNear() {
    Identity shown = keys == null ? null : keys.identity();
    if (shown != null && !shown.equals(ending) && shown.endsSoon(host.time().now())) {
      ending = shown;
      LOG.warn(
          "{}: the certificate {} ends at {}; write a new pair to {}, which is read within {}",
          owner,
          shown,
          shown.expires(),
          pair,
          every);
    }
  }

  /** When the certificate that is shown ends, or null if none is. */
  @Nullable Instant expires() {
    return keys == null ? null : keys.identity().expires();
  }

  /** Why nobody accepts the certificate any more, or nothing. */
  String expired() {
    Instant end = expires();
    return end == null || host.time().now().isBefore(end)
        ? ""
        : "its certificate ended at " + end + "; write a new pair to " + pair;
  }

  /** What an operator asks of it. */
  Map<String, String> facts() {
    Map<String, String> facts = new HashMap<>();
    if (keys != null) {
      Identity shown = keys.identity();
      facts.put("tlsExpires", shown.expires().toString());
      facts.put("tlsSerial", shown.serial());
    }
    if (trust != null) {
      facts.put("tlsTrusted", String.valueOf(trust.anchors()));
    }
    return facts;
  }

  private void stop() {
    Time.Cancellable pending = timer;
    if (pending != null) {
      pending.cancel();
    }
  }

  @Override
  public void close() {
    closed = true;
    stop();
  }
}
