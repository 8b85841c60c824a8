package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

@WithBrokers(BrokerKind.REDIS)
class WithBrokersIT {

  private final BrokerNames mine;
  private String stream = "";

  WithBrokersIT(BrokerNames mine) {
    this.mine = mine;
  }

  @BeforeEach
  void name(BrokerNames names) {
    stream = names.of("orders");
  }

  @Test
  void theSharedSetIsGivenAndEveryParameterOfOneTestGivesTheSameNames(
      Brokers brokers, BrokerNames names) {
    assertThat(brokers).isSameAs(Brokers.shared());
    assertThat(names).isSameAs(mine);
    assertThat(names.of("orders")).isEqualTo(stream);
  }

  @RepeatedTest(2)
  void eachTestHasAStreamOfItsOwn(Brokers brokers) {
    try (Jedis client = new Jedis(URI.create(brokers.redis().address()))) {
      assertThat(client.exists(stream)).isFalse();
      client.set(stream, "used");
    }
  }

  @Test
  @WithBrokers
  void anAnnotationOnATestAloneDoesToo(Brokers brokers) {
    assertThat(brokers.redis().kind()).isEqualTo("redis");
  }
}
