package dev.comms.bench.pair;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Tasks;
import dev.comms.grpc.GrpcTransport;
import dev.comms.kafka.KafkaTransport;
import dev.comms.rabbit.RabbitTransport;
import dev.comms.redis.RedisTransport;
import dev.comms.spi.EventTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Ours: with the standard policies and all meters. */
final class CommsSide implements Side {
  private final Comms comms;
  private final Runnable waited;
  private final Supplier<CompletableFuture<?>> begun;

  private CommsSide(Comms comms, Runnable waited, Supplier<CompletableFuture<?>> begun) {
    this.comms = comms;
    this.waited = waited;
    this.begun = begun;
    comms.start();
  }

  static <T> CommsSide call(String address, Sample<T> sample) {
    Comms comms = comms();
    Calls calls = comms.calls(GrpcTransport.to(address).plaintext());
    return new CommsSide(
        comms,
        () -> calls.call(sample.call(), sample.value()),
        () -> calls.callAsync(sample.call(), sample.value()));
  }

  static CommsSide submit(String address) {
    Comms comms = comms();
    Tasks tasks = comms.tasks(RabbitTransport.at(address).confirmedWithin(Messages.LIMIT));
    return new CommsSide(
        comms,
        () -> tasks.submit(Messages.TASK, Messages.BODY),
        () -> tasks.submitAsync(Messages.TASK, Messages.BODY));
  }

  static CommsSide publishKafka(String address) {
    return publish(KafkaTransport.at(address).confirmedWithin(Messages.LIMIT).creatingTopics(1));
  }

  static CommsSide publishRedis(String address) {
    return publish(RedisTransport.at(address).confirmedWithin(Messages.LIMIT));
  }

  private static CommsSide publish(EventTransport transport) {
    Comms comms = comms();
    Events events = comms.events(transport);
    return new CommsSide(
        comms,
        () -> events.publish(Messages.EVENT, Messages.BODY),
        () -> events.publishAsync(Messages.EVENT, Messages.BODY));
  }

  private static Comms comms() {
    return Comms.service(Messages.SERVICE, new SimpleMeterRegistry()).build();
  }

  @Override
  public void one() {
    waited.run();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what it ends with is told to done
  public void begin(Done done) {
    begun.get().whenComplete(done);
  }

  @Override
  public void close() {
    comms.close();
  }
}
