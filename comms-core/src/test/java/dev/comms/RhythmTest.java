package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RhythmTest {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private static List<String> three(Rhythm rhythm, String after) {
    List<String> due = new ArrayList<>();
    Instant at = Instant.parse(after);
    for (int i = 0; i < 3; i++) {
      at = rhythm.next(at);
      assertThat(rhythm.latest(at)).isEqualTo(at);
      assertThat(rhythm.latest(at.plusMillis(1))).isEqualTo(at);
      assertThat(rhythm.latest(at.minusMillis(1))).isBefore(at);
      due.add(at.toString());
    }
    return due;
  }

  private static Rhythm newYork(String expression) {
    return Rhythm.cron("test", expression, NEW_YORK);
  }

  @Test
  void aPeriodIsDueAtItsMultiplesSinceTheEpoch() {
    assertThat(three(Rhythm.every("test", Duration.ofHours(6)), "2026-11-23T05:59:59.999Z"))
        .containsExactly("2026-11-23T06:00:00Z", "2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z");
  }

  @Test
  void whatTheChangeToSummerTimeLeavesOutIsDueAtItsEnd() {
    assertThat(three(newYork("30 2 * * *"), "2026-03-07T00:00:00Z"))
        .containsExactly("2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z");
  }

  @Test
  void whatIsDueEachHourIsNotDueOnceMoreAtThatEnd() {
    assertThat(three(newYork("15 * * * *"), "2026-03-08T05:30:00Z"))
        .containsExactly("2026-03-08T06:15:00Z", "2026-03-08T07:15:00Z", "2026-03-08T08:15:00Z");
  }

  @Test
  void whatComesTwiceInAutumnIsDueTheFirstTime() {
    assertThat(three(newYork("30 1 * * *"), "2026-10-31T12:00:00Z"))
        .containsExactly("2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z", "2026-11-03T06:30:00Z");
  }

  @Test
  void whatIsDueEachHalfHourIsDueInTheHourThatComesTwiceToo() {
    assertThat(three(newYork("*/30 * * * *"), "2026-11-01T05:15:00Z"))
        .containsExactly("2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z");
  }

  @Test
  void withoutCronUtilsTheMessageNamesTheLibrary() throws Exception {
    Class<?> rhythm = Class.forName("dev.comms.Rhythm", true, new WithoutCronUtils());
    Method cron = rhythm.getDeclaredMethod("cron", String.class, String.class, ZoneId.class);
    cron.setAccessible(true);
    assertThatThrownBy(() -> cron.invoke(null, "report", "0 6 * * *", NEW_YORK))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .hasMessageContainingAll("report", "com.cronutils:cron-utils", "not on the class path");
  }

  /** Loads our classes anew, where cron-utils cannot be seen. */
  private static final class WithoutCronUtils extends ClassLoader {
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.cronutils")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.comms.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known != null ? known : defined(name);
    }

    private Class<?> defined(String name) throws ClassNotFoundException {
      String file = "/" + name.replace('.', '/') + ".class";
      try (InputStream in = RhythmTest.class.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
  }
}
