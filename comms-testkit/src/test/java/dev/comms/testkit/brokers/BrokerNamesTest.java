package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BrokerNamesTest {

  @Test
  void namesAreUniquePerTestAndStableWithinIt() {
    BrokerNames one = BrokerNames.forTest("aTest");
    BrokerNames other = BrokerNames.forTest("aTest");
    assertThat(one.of("orders")).isEqualTo(one.of("orders")).startsWith("orders.aTest.");
    assertThat(one.of("orders")).isNotEqualTo(other.of("orders")).isNotEqualTo(one.of("stock"));
  }

  @Test
  void namesAreValidForEveryBrokerWhateverTheyAreMadeOf() {
    String name =
        BrokerNames.forTest("läuft [1] " + "x".repeat(300)).of("späte/Aufträge" + "y".repeat(300));
    assertThat(name).matches("[a-zA-Z0-9._-]{10,150}");
  }
}
