package dev.comms.shop.demo;

import dev.comms.grpc.GrpcServer;
import dev.comms.grpc.GrpcTransport;
import dev.comms.kafka.KafkaConfig;
import dev.comms.kafka.KafkaTransport;
import dev.comms.rabbit.RabbitConfig;
import dev.comms.rabbit.RabbitTransport;
import dev.comms.redis.RedisConfig;
import dev.comms.redis.RedisTransport;
import dev.comms.shop.services.Transports;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.EventTransport;
import dev.comms.spi.TaskTransport;
import java.time.Duration;

/** The real ways: gRPC on the loopback, RabbitMQ or Redis Streams, Kafka, Redis Streams. */
final class BrokerTransports implements Transports {
  private static final Duration CONFIRM = Duration.ofSeconds(10);
  private static final int PARTITIONS = 4;

  private final DemoBrokers brokers;

  BrokerTransports(DemoBrokers brokers) {
    this.brokers = brokers;
  }

  @Override
  public CallServer server() {
    return GrpcServer.on(0).plaintext();
  }

  @Override
  public CallTransport callsTo(String address) {
    return GrpcTransport.to("dns:///" + address).plaintext();
  }

  @Override
  public TaskTransport tasks() {
    String rabbit = brokers.rabbitUri();
    return rabbit == null
        ? redis()
        : RabbitTransport.of(
            RabbitConfig.at(rabbit).confirmedWithin(CONFIRM).namespace(brokers.namespace()));
  }

  @Override
  public EventTransport activity() {
    return KafkaTransport.of(
        KafkaConfig.at(brokers.kafka().address())
            .confirmedWithin(CONFIRM)
            .prefix(brokers.kafkaPrefix())
            .creatingTopics(PARTITIONS));
  }

  @Override
  public EventTransport status() {
    return redis();
  }

  private RedisTransport redis() {
    return RedisTransport.of(
        RedisConfig.at(brokers.redis().address())
            .confirmedWithin(CONFIRM)
            .namespace(brokers.namespace()));
  }
}
