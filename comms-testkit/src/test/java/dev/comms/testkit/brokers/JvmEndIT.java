package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("own-brokers")
class JvmEndIT {

  @ParameterizedTest
  @ValueSource(strings = {"signal", "kill -9", "kill -9 during start", "return during start"})
  void nothingIsLeftWhenTheJvmEndsWithoutAClose(String end) throws Exception {
    Process jvm = start(User.class, end);
    try (BufferedReader output = jvm.inputReader()) {
      Traces traces = traces(output.readLine(), jvm);
      if (end.equals("signal")) {
        jvm.destroy();
      } else if (end.startsWith("kill -9")) {
        jvm.destroyForcibly();
      }
      assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
      traces.assertGone();
    } finally {
      // not by force: its shutdown hook ends what it started
      jvm.destroy();
      assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static Process start(Class<?> main, String argument) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            argument)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static Traces traces(String line, Process jvm) {
    assertThat(line).as("what the other JVM says; it ended before it said it").isNotNull();
    String[] words = line.split(" ");
    List<Integer> ports = Arrays.stream(words).skip(1).map(Integer::valueOf).toList();
    Path folder = Path.of(words[0]);
    assertThat(Files.exists(folder)).isTrue();
    Stream<ProcessHandle> inFolder =
        ProcessHandle.allProcesses()
            .filter(process -> process.info().command().orElse("").startsWith(words[0]));
    List<ProcessHandle> processes = Stream.concat(jvm.descendants(), inFolder).distinct().toList();
    assertThat(processes).isNotEmpty();
    return new Traces(folder, ports, processes);
  }

  /** The other JVM: starts brokers, says where, and never closes them. */
  static final class User {

    public static void main(String[] args) throws Exception {
      Brokers brokers = Brokers.shared();
      int redis = Traces.port(brokers.redis().address());
      if (args[0].endsWith("during start")) {
        Thread rabbit = new Thread(brokers::rabbit, "rabbit");
        rabbit.setDaemon(true);
        rabbit.setUncaughtExceptionHandler((thread, expected) -> {});
        rabbit.start();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> ProcessHandle.current().descendants().count() >= 4);
        say(brokers, redis);
        if (args[0].startsWith("kill -9")) {
          new CountDownLatch(1).await();
        }
        return;
      }
      int rabbit = Traces.port(brokers.rabbit().address());
      int postgres = Traces.port(brokers.postgres().address());
      int kafka = Traces.port(brokers.kafka().address());
      // a frozen process does nothing for its own end
      BrokerNode frozen = brokers.redisNode().nodes().get(0);
      frozen.pause();
      say(brokers, redis, rabbit, postgres, kafka, frozen.port());
      new CountDownLatch(1).await();
    }

    private static void say(Brokers brokers, int... ports) {
      StringBuilder line = new StringBuilder(String.valueOf(brokers.folder().root()));
      Arrays.stream(ports).forEach(port -> line.append(' ').append(port));
      System.out.println(line);
      System.out.flush();
    }
  }
}
