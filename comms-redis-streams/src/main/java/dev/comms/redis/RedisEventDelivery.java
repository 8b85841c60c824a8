package dev.comms.redis;

import dev.comms.contract.CommsException;
import java.util.concurrent.CompletableFuture;

/** One event, delivered to a group under a lease; without that lease its settlement is void. */
final class RedisEventDelivery extends RedisDelivery {
  private final EventReader reader;
  private final Lease.Tenure tenure;

  RedisEventDelivery(EventReader reader, Lease.Tenure tenure, String contract, Entry entry) {
    super(contract, entry);
    this.reader = reader;
    this.tenure = tenure;
  }

  /** Always 1: attempts are made in place, above. */
  @Override
  public int attempt() {
    return 1;
  }

  /** Another member may read by now: a handler that has not begun would only work out of turn. */
  @Override
  public boolean revoked() {
    return !reader.holds(tenure);
  }

  @Override
  public CompletableFuture<Void> done() {
    return once(() -> reader.done(tenure, entry));
  }

  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    return once(() -> reader.dead(tenure, entry, reason, why));
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    return once(() -> reader.giveBack(tenure, entry));
  }
}
