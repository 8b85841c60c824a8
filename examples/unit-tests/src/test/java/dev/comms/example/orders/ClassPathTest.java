package dev.comms.example.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A consumer's unit tests need no broker, no client of one, and no heavy library. */
class ClassPathTest {

  @Test
  void nothingOfABrokerIsOnTheClassPath() {
    String path = System.getProperty("surefire.test.class.path", "");
    String all = path.isEmpty() ? System.getProperty("java.class.path") : path;
    List<String> names =
        Stream.of(all.split(Pattern.quote(File.pathSeparator)))
            .map(entry -> String.valueOf(Path.of(entry).getFileName()))
            .toList();

    assertThat(names).as("names on the class path").anyMatch(name -> name.contains("assertj"));
    assertThat(names)
        .noneMatch(
            name ->
                name.matches(
                    "(?i).*(kafka|amqp|rabbit|redis|lettuce|grpc|netty|postgres|jackson|comms-kafka"
                        + "|comms-rabbit|comms-grpc|comms-redis).*"));
  }

  @Test
  void aNewcomersTestHasAtMost25Lines() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/comms/example/orders/OrdersTest.java"));
    String body = source.substring(source.indexOf("// tag::test[]"), source.indexOf("// end::"));

    assertThat(body.lines().filter(line -> !line.contains("tag::")).count())
        .isLessThanOrEqualTo(25);
  }
}
