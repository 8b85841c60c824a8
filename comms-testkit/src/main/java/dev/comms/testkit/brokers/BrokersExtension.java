package dev.comms.testkit.brokers;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link WithBrokers} does. */
final class BrokersExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(BrokersExtension.class);

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    start(context);
  }

  private static void start(ExtensionContext context) {
    context
        .getElement()
        .flatMap(element -> AnnotationSupport.findAnnotation(element, WithBrokers.class))
        .ifPresent(
            said -> {
              for (BrokerKind kind : said.value()) {
                start(Brokers.shared(), kind);
              }
            });
  }

  private static Broker start(Brokers brokers, BrokerKind kind) {
    return switch (kind) {
      case KAFKA -> brokers.kafka();
      case REDIS -> brokers.redis();
      case RABBIT -> brokers.rabbit();
      case POSTGRES -> brokers.postgres();
    };
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Brokers.class || type == BrokerNames.class;
  }

  /** One test has one object for its names, wherever it asks; so has what belongs to a class. */
  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (parameter.getParameter().getType() == Brokers.class) {
      return Brokers.shared();
    }
    String test =
        context
            .getTestMethod()
            .map(method -> method.getName())
            .orElseGet(() -> context.getRequiredTestClass().getSimpleName());
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(context.getUniqueId(), id -> BrokerNames.forTest(test), BrokerNames.class);
  }
}
