package dev.comms.bench.pair;

import dev.comms.testkit.brokers.Brokers;
import java.util.Locale;

/** What is compared, by what carries it. */
enum Family {
  CALL("raw gRPC stub"),
  SUBMIT("raw RabbitMQ client"),
  PUBLISH_KAFKA("raw Kafka producer"),
  PUBLISH_REDIS("raw Lettuce");

  static final String OURS = "ours";
  static final String RAW = "raw";

  private final String otherName;

  Family(String otherName) {
    this.otherName = otherName;
  }

  String otherName() {
    return otherName;
  }

  /** The side in this process. */
  Side side(String which, String address) throws Exception {
    if (which.equals(OURS)) {
      return switch (this) {
        case CALL -> CommsSide.call(address);
        case SUBMIT -> CommsSide.submit(address);
        case PUBLISH_KAFKA -> CommsSide.publishKafka(address);
        case PUBLISH_REDIS -> CommsSide.publishRedis(address);
      };
    }
    return switch (this) {
      case CALL -> new RawCall(address);
      case SUBMIT -> new RawSubmit(address);
      case PUBLISH_KAFKA -> new RawKafka(address);
      case PUBLISH_REDIS -> new RawRedis(address);
    };
  }

  /** What both sides talk to, started. */
  Place place(Brokers brokers) throws Exception {
    return switch (this) {
      case CALL -> new GrpcPlace();
      case SUBMIT -> new RabbitPlace(brokers.rabbitNodes(1));
      case PUBLISH_KAFKA -> new KafkaPlace(brokers.kafkaNodes(1));
      case PUBLISH_REDIS -> new RedisPlace(brokers.redisNode());
    };
  }

  static Family of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
