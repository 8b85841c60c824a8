package dev.comms.bench.pair;

import dev.comms.testkit.brokers.Brokers;
import io.grpc.Grpc;
import io.javalin.Javalin;
import java.util.Locale;

/** What is compared, by what carries it. */
enum Family {
  CALL("raw gRPC stub"),
  CALL_ARMERIA("Armeria client and server"),
  REST_CLOSE("REST, a connection per request"),
  REST_KEEPALIVE("REST, connections kept"),
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

  /** Whether each side has a server of its own, and so both ends are compared. */
  boolean ownServers() {
    return this == CALL_ARMERIA || isRest();
  }

  /** Whether the same record is encoded in two ways. */
  boolean isRest() {
    return this == REST_CLOSE || this == REST_KEEPALIVE;
  }

  /** The side in this process. */
  Side side(String which, Sample<?> sample, String address) throws Exception {
    if (which.equals(OURS)) {
      return switch (this) {
        case CALL, CALL_ARMERIA, REST_CLOSE, REST_KEEPALIVE -> CommsSide.call(address, sample);
        case SUBMIT -> CommsSide.submit(address);
        case PUBLISH_KAFKA -> CommsSide.publishKafka(address);
        case PUBLISH_REDIS -> CommsSide.publishRedis(address);
      };
    }
    return switch (this) {
      case CALL -> RawCall.grpc(address);
      case CALL_ARMERIA -> RawCall.armeria(address);
      case REST_CLOSE -> RestSide.closed(address, sample);
      case REST_KEEPALIVE -> RestSide.kept(address, sample);
      case SUBMIT -> new RawSubmit(address);
      case PUBLISH_KAFKA -> new RawKafka(address);
      case PUBLISH_REDIS -> new RawRedis(address);
    };
  }

  /** What both sides talk to, started. */
  Place place(Brokers brokers) throws Exception {
    return switch (this) {
      case CALL -> new GrpcPlace();
      case CALL_ARMERIA ->
          new TwoServers(Serving.Kind.ARMERIA, grpc() + " and Armeria " + armeria());
      case REST_CLOSE, REST_KEEPALIVE ->
          new TwoServers(Serving.Kind.REST, grpc() + " and Javalin " + version(Javalin.class));
      case SUBMIT -> new RabbitPlace(brokers.rabbitNodes(1));
      case PUBLISH_KAFKA -> new KafkaPlace(brokers.kafkaNodes(1));
      case PUBLISH_REDIS -> new RedisPlace(brokers.redisNode());
    };
  }

  private static String grpc() {
    return "comms on grpc-java " + version(Grpc.class);
  }

  private static String armeria() {
    return com.linecorp.armeria.common.util.Version.get("armeria").artifactVersion();
  }

  private static String version(Class<?> of) {
    return String.valueOf(of.getPackage().getImplementationVersion());
  }

  static Family of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
