package dev.comms.testkit.brokers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Starts the named brokers before the tests of a class, or before one test, and gives them where a
 * parameter of type {@link Brokers} asks for them: the set that the whole run shares. So that tests
 * do not meet at one queue, a parameter of type {@link BrokerNames} gives each its own names. A
 * broker that cannot be had fails the test. Needs JUnit Jupiter on the class path.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BrokersExtension.class)
public @interface WithBrokers {

  /** The brokers that are started before; others start when they are first asked for. */
  BrokerKind[] value() default {};
}
