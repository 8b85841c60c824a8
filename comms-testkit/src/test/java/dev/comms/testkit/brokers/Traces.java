package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a set of brokers leaves on a machine while it runs, and whether it is gone afterwards. */
record Traces(Path folder, List<Integer> ports, List<ProcessHandle> processes) {

  private static final Pattern PORT = Pattern.compile(":(\\d+)");

  static Traces of(Brokers brokers, Broker... started) {
    Path folder = Objects.requireNonNull(brokers.folder().root());
    List<Integer> ports = Stream.of(started).map(Broker::address).map(Traces::port).toList();
    List<ProcessHandle> processes =
        Stream.concat(
                ProcessHandle.current().descendants(),
                ProcessHandle.allProcesses().filter(process -> isIn(folder, process)))
            .distinct()
            .toList();
    return new Traces(folder, ports, processes);
  }

  private static boolean isIn(Path folder, ProcessHandle process) {
    return process.info().command().orElse("").startsWith(folder.toString());
  }

  static int port(String address) {
    Matcher port = PORT.matcher(address);
    assertThat(port.find()).isTrue();
    return Integer.parseInt(port.group(1));
  }

  void assertGone() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
    assertThat(Files.exists(folder)).as("%s", folder).isFalse();
    assertThat(ports).noneMatch(Traces::answers);
  }

  static boolean answers(int port) {
    try {
      Hosts.connect("127.0.0.1", port, false).close();
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}
