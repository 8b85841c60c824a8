package dev.comms.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** What {@link CommsTest} does; may also be named in {@code @ExtendWith}. */
public final class CommsExtension
    implements ParameterResolver,
        AfterEachCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private static final Namespace NAMESPACE = Namespace.create(CommsExtension.class);

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestComms.class || type == TestClock.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          parameter.getParameter()
              + ": each test has a TestComms of its own, so it cannot be given to what belongs to"
              + " all of them, as @BeforeAll and a constructor with PER_CLASS do; ask for it in a"
              + " test, in @BeforeEach or in a constructor with PER_METHOD");
    }
    Store store = context.getStore(NAMESPACE);
    TestComms comms =
        store.computeIfAbsent(TestComms.class, type -> create(context), TestComms.class);
    return parameter.getParameter().getType() == TestClock.class ? comms.clock() : comms;
  }

  private static TestComms create(ExtensionContext context) {
    CommsTest said = context.getTestClass().map(CommsExtension::said).orElse(null);
    return said == null || said.seed() == 0 ? TestComms.create() : TestComms.create(said.seed());
  }

  /** What the class says, or else the one around it: a nested class is a part of its test. */
  private static @Nullable CommsTest said(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getEnclosingClass()) {
      CommsTest said = at.getAnnotation(CommsTest.class);
      if (said != null) {
        return said;
      }
    }
    return null;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestComms comms = context.getStore(NAMESPACE).remove(TestComms.class, TestComms.class);
    if (comms != null) {
      comms.close();
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw told(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw told(context, failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw told(context, failure);
  }

  /** The same failure, which shows what happened. */
  private static Throwable told(ExtensionContext context, Throwable failure) {
    TestComms comms = context.getStore(NAMESPACE).get(TestComms.class, TestComms.class);
    boolean known = String.valueOf(failure.getMessage()).contains("What happened (seed ");
    if (comms != null && !known) {
      failure.addSuppressed(new Told(comms.history()));
    }
    return failure;
  }

  /** Carries the history into the report of the failure. */
  private static final class Told extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Told(String history) {
      super(history, null, false, false);
    }
  }
}
