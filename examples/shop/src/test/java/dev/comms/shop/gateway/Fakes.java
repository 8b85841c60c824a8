package dev.comms.shop.gateway;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Task;
import dev.comms.shop.inventory.v1.CheckStockResponse;
import dev.comms.shop.inventory.v1.ReleaseStockResponse;
import dev.comms.shop.inventory.v1.ReserveStockResponse;
import dev.comms.shop.services.Transports;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Pipe;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** An inventory and a queue that do what a test tells them, at the edge of the SPI. */
final class Fakes implements Transports {
  final Map<String, Supplier<CompletableFuture<byte[]>>> answers = new ConcurrentHashMap<>();
  final List<String> called = new CopyOnWriteArrayList<>();
  final List<Envelope> submitted = new CopyOnWriteArrayList<>();
  volatile Supplier<CompletableFuture<Void>> confirm =
      () -> CompletableFuture.completedFuture(null);

  Fakes() {
    stock(true, 5);
    reserve(true, 4);
    answers.put(
        "inventory.InventoryService/ReleaseStock",
        () -> done(ReleaseStockResponse.newBuilder().setReleased(true).build().toByteArray()));
  }

  void stock(boolean available, int left) {
    byte[] answer =
        CheckStockResponse.newBuilder()
            .setAvailable(available)
            .setCurrentStock(left)
            .setPrice(9.95f)
            .build()
            .toByteArray();
    answers.put("inventory.InventoryService/CheckStock", () -> done(answer));
  }

  void stockFails(CommsException failure) {
    answers.put(
        "inventory.InventoryService/CheckStock", () -> CompletableFuture.failedFuture(failure));
  }

  /** The inventory takes the question and never answers. */
  void stockHangs() {
    answers.put("inventory.InventoryService/CheckStock", CompletableFuture::new);
  }

  void reserve(boolean reserved, int left) {
    byte[] answer =
        ReserveStockResponse.newBuilder()
            .setReserved(reserved)
            .setRemainingStock(left)
            .build()
            .toByteArray();
    answers.put("inventory.InventoryService/ReserveStock", () -> done(answer));
  }

  static Facts facts(Effect effect) {
    return Facts.of("test").effect(effect).message("as the test says");
  }

  private static <T> CompletableFuture<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  @Override
  public CallTransport callsTo(String address) {
    return new FakeCalls();
  }

  @Override
  public TaskTransport tasks() {
    return new FakeTasks();
  }

  @Override
  public CallServer server() {
    throw new UnsupportedOperationException("the gateway serves no calls");
  }

  @Override
  public EventTransport activity() {
    throw new UnsupportedOperationException("the gateway publishes no activity");
  }

  @Override
  public EventTransport status() {
    throw new UnsupportedOperationException("the gateway publishes no status");
  }

  private final class FakeCalls extends Idle implements CallTransport {
    @Override
    public String target() {
      return "inventory";
    }

    @Override
    public CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline) {
      called.add(call.name());
      CompletableFuture<byte[]> answer = answers.get(call.name()).get();
      return answer.thenApply(
          body -> Envelope.of("1", call.name(), "application/grpc", Instant.now(), body));
    }

    @Override
    public CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline) {
      return CompletableFuture.failedFuture(new CommsException.Unavailable(facts(Effect.NONE)));
    }
  }

  private final class FakeTasks extends Idle implements TaskTransport {
    @Override
    public Duration confirmedWithin() {
      return Duration.ofSeconds(2);
    }

    @Override
    public CompletableFuture<Void> submit(
        Task<?> task, Envelope message, Order order, Deadline confirmBy) {
      submitted.add(message);
      return confirm.get();
    }

    @Override
    public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer) {
      throw new UnsupportedOperationException("the gateway does no work");
    }

    @Override
    public DeadLetters deadTasks(Task<?> task) {
      throw new UnsupportedOperationException("the gateway has no dead letters");
    }
  }

  /** What every transport must have and these do not need. */
  @SuppressWarnings({
    "EffectivelyPrivate",
    "UnusedMethod",
    "UnusedVariable"
  }) // their interfaces ask
  private abstract static class Idle {
    public String system() {
      return "fake";
    }

    public CompletableFuture<Void> attach(Host host) {
      return done(null);
    }

    public Health health() {
      return Health.of(List.of());
    }

    public CompletableFuture<Void> drain(Deadline deadline) {
      return done(null);
    }

    public void close() {}
  }
}
