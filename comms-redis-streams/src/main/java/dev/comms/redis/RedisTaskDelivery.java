package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One task, delivered: settled by scripts that ask first whether it is still this consumer's. */
final class RedisTaskDelivery extends RedisDelivery implements TaskDelivery {
  private final TaskReader reader;

  RedisTaskDelivery(TaskReader reader, String contract, Entry entry) {
    super(contract, entry);
    this.reader = reader;
  }

  @Override
  public int attempt() {
    return EnvelopeMapper.attempt(entry);
  }

  /** As far as the last renewal told, which is a third of the lease ago at most. */
  @Override
  public boolean revoked() {
    return reader.lost(entry);
  }

  @Override
  public CompletableFuture<Void> done() {
    return once(() -> reader.done(entry));
  }

  @Override
  public CompletableFuture<Void> retry(Duration after, CommsException why) {
    List<byte[]> changes = EnvelopeMapper.nextAttempt(entry, why);
    return once(() -> reader.move(entry, reader.keys().work(), after, changes));
  }

  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    List<byte[]> changes = EnvelopeMapper.deadLetter(entry, reason, why);
    return once(() -> reader.move(entry, reader.keys().dead(), Duration.ZERO, changes));
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    List<byte[]> changes = EnvelopeMapper.givenBack(entry);
    return once(() -> reader.move(entry, reader.keys().work(), Duration.ZERO, changes));
  }
}
