package dev.comms.testkit.history;

import dev.comms.contract.CommsException;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A delivery that is written down, and how it is settled. */
class Recorded<D extends Delivery> implements Delivery {
  final D inner;
  private final History history;
  private final String number;

  Recorded(History history, String group, D inner) {
    this.history = history;
    this.inner = inner;
    this.number = history.nextDelivery();
    Envelope message = inner.envelope();
    Map<String, String> facts = new HashMap<>();
    facts.put(Facts.DELIVERY, number);
    facts.put(Facts.GROUP, group);
    facts.put(Facts.HASH, Hash.of(message.body()));
    facts.put(Facts.ATTEMPT, String.valueOf(inner.attempt()));
    facts.put(Facts.REDRIVE, String.valueOf(inner.redrive()));
    if (message.key() != null) {
      facts.put(Facts.KEY, message.key());
    }
    history.write(Op.DELIVER, Type.OK, message.contract(), message.id(), facts);
  }

  @Override
  public Envelope envelope() {
    return inner.envelope();
  }

  @Override
  public int attempt() {
    return inner.attempt();
  }

  @Override
  public int redrive() {
    return inner.redrive();
  }

  @Override
  public int crashes() {
    return inner.crashes();
  }

  @Override
  public boolean revoked() {
    return inner.revoked();
  }

  @Override
  public CompletableFuture<Void> done() {
    return settle("done", Map.of(), inner::done);
  }

  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    return settle("dead", Map.of(Facts.WHY, reason), () -> inner.deadLetter(reason, why));
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    return settle("back", Map.of(), inner::giveBack);
  }

  CompletableFuture<Void> settle(
      String how, Map<String, String> more, Supplier<CompletableFuture<Void>> settling) {
    write(Type.INVOKE, how, more);
    CompletableFuture<Void> under = settling.get();
    under.whenComplete(
        (settled, failure) -> write(failure == null ? Type.OK : Type.INFO, how, Map.of()));
    return under;
  }

  private void write(Type type, String how, Map<String, String> more) {
    Map<String, String> facts = new HashMap<>(more);
    facts.put(Facts.DELIVERY, number);
    facts.put(Facts.HOW, how);
    Envelope message = inner.envelope();
    history.write(Op.SETTLE, type, message.contract(), message.id(), facts);
  }
}
