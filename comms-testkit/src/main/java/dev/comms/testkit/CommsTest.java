package dev.comms.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the constructor and the methods of a test class, where they ask for it, a {@link TestComms}
 * and its {@link TestClock}: one for each test, closed after it. A failed test shows its seed and
 * what happened. Needs JUnit Jupiter on the class path.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(CommsExtension.class)
public @interface CommsTest {

  /** The seed of each test; 0 for that of {@link TestComms#create()}. */
  long seed() default 0;
}
