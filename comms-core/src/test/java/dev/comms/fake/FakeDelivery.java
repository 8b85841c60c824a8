package dev.comms.fake;

import dev.comms.contract.CommsException;
import dev.comms.spi.Envelope;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A delivery that writes down how it was settled. */
public final class FakeDelivery implements TaskDelivery {
  public final List<String> settlements = new CopyOnWriteArrayList<>();
  public final CompletableFuture<String> settled = new CompletableFuture<>();
  public volatile CompletableFuture<Void> settling = CompletableFuture.completedFuture(null);
  public volatile int attempt = 1;
  public volatile int crashes;
  public volatile boolean revoked;
  public volatile @Nullable Duration pause;
  public volatile @Nullable CommsException why;
  public volatile byte @Nullable [] state;
  public volatile @Nullable RuntimeException throwing;
  private final Envelope envelope;

  public FakeDelivery(Envelope envelope) {
    this.envelope = envelope;
  }

  /** A message of this contract whose body is this JSON or text. */
  public static FakeDelivery of(String contract, String id, @Nullable String key, String body) {
    return new FakeDelivery(message(contract, id, body).key(key));
  }

  public static Envelope message(String contract, String id, String body) {
    return Envelope.of(id, contract, "text/plain", Instant.EPOCH, body.getBytes(Text.UTF));
  }

  private CompletableFuture<Void> settle(String how) {
    if (settled.getNow("").equals("void")) {
      return CompletableFuture.completedFuture(null);
    }
    settlements.add(how);
    settled.complete(how);
    RuntimeException bug = throwing;
    if (bug != null) {
      throw bug;
    }
    return settling;
  }

  /** Its subscription has ended: whatever comes now changes nothing. */
  void end() {
    if (settled.complete("void")) {
      settlements.add("void");
    }
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public int redrive() {
    return 0;
  }

  @Override
  public int crashes() {
    return crashes;
  }

  @Override
  public boolean revoked() {
    return revoked;
  }

  @Override
  public CompletableFuture<Void> done() {
    return settle("done");
  }

  @Override
  public CompletableFuture<Void> retry(Duration after, CommsException failure) {
    pause = after;
    why = failure;
    return settle("retry");
  }

  @Override
  public CompletableFuture<Void> continueLater(byte[] checkpoint, Duration after) {
    pause = after;
    state = checkpoint;
    return settle("goes on");
  }

  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException failure) {
    why = failure;
    return settle("dead: " + reason);
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    return settle("given back");
  }
}
