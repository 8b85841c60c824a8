package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TopologyTest {
  private final Topology topology = new Topology("shop");

  @Test
  void allKeysOfAContractCarryOneHashTag() {
    Topology.TaskKeys task = topology.task("mail.send");
    Topology.EventKeys event = topology.event("user.activity", "analytics");

    assertThat(List.of(task.work(), task.delayed(), task.payloads(), task.dead()))
        .doesNotHaveDuplicates()
        .allSatisfy(key -> assertThat(tag(key)).isEqualTo("shop:task:mail.send"));
    assertThat(List.of(event.log(), event.redriven(), event.dead(), event.lease(), event.fence()))
        .doesNotHaveDuplicates()
        .allSatisfy(key -> assertThat(tag(key)).isEqualTo("shop:event:user.activity"));
  }

  @Test
  void aTaskAndAnEventOfOneNameAreApart() {
    assertThat(tag(topology.task("x").work())).isNotEqualTo(tag(topology.log("x")));
  }

  @Test
  void everyGroupReadsOneLogAndHasItsOwnDeadLettersAndLease() {
    Topology.EventKeys one = topology.event("e", "one");
    Topology.EventKeys other = topology.event("e", "other");

    assertThat(one.log()).isEqualTo(other.log()).isEqualTo(topology.log("e"));
    assertThat(one.dead()).isNotEqualTo(other.dead());
    assertThat(one.lease()).isNotEqualTo(other.lease());
    assertThat(one.redriven()).isNotEqualTo(other.redriven());
  }

  private static String tag(String key) {
    Matcher matcher = Pattern.compile("^\\{([^}]+)}").matcher(key);
    assertThat(matcher.find()).as(key).isTrue();
    return matcher.group(1);
  }
}
