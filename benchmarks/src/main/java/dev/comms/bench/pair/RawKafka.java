package dev.comms.bench.pair;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer with the settings of our transport, and records with the same CloudEvents headers. */
final class RawKafka implements Side {
  private final KafkaProducer<byte[], byte[]> producer;

  RawKafka(String address) {
    producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                address,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                5,
                "compression.type",
                "lz4",
                "max.block.ms",
                1_000,
                "request.timeout.ms",
                1_997,
                "delivery.timeout.ms",
                4_000,
                "enable.metrics.push",
                false),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static ProducerRecord<byte[], byte[]> event() {
    RecordHeaders headers = new RecordHeaders();
    put(headers, "ce_id", Messages.id());
    put(headers, "ce_type", Messages.EVENT.name());
    put(headers, "ce_source", "/" + Messages.SERVICE);
    put(headers, "ce_specversion", "1.0");
    put(headers, "ce_time", Instant.now().toString());
    put(headers, "content-type", Messages.CONTENT_TYPE);
    put(headers, "ce_partitionkey", Messages.KEY);
    return new ProducerRecord<>(
        Messages.EVENT.name(),
        null,
        null,
        Messages.KEY.getBytes(StandardCharsets.UTF_8),
        Messages.BODY,
        headers);
  }

  private static void put(RecordHeaders headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void one() throws Exception {
    producer.send(event()).get(Messages.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells its end
  public void begin(Done done) {
    producer.send(event(), (place, failure) -> done.accept(place, failure));
  }

  @Override
  public void close() {
    producer.close(Messages.LIMIT);
  }
}
