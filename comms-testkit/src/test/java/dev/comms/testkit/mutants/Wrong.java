package dev.comms.testkit.mutants;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Replaces one method of an object and passes on all others. */
final class Wrong {
  private Wrong() {}

  /** What a method does instead. */
  @FunctionalInterface
  interface Instead {
    @Nullable Object run(Object[] args, Right right) throws Throwable;
  }

  /** What it did before. */
  @FunctionalInterface
  interface Right {
    @Nullable Object call(@Nullable Object... args) throws Throwable;
  }

  static <T> T in(Class<T> type, T target, String method, Instead instead) {
    if (java.util.Arrays.stream(type.getMethods()).noneMatch(m -> m.getName().equals(method))) {
      throw new IllegalArgumentException(type + " has no method " + method);
    }
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, args) -> {
              @Nullable Object[] given = args == null ? new Object[0] : args;
              return called.getName().equals(method)
                  ? instead.run(given, changed -> invoke(target, called, changed))
                  : invoke(target, called, given);
            });
    return type.cast(proxy);
  }

  private static @Nullable Object invoke(Object target, Method method, @Nullable Object[] args)
      throws Throwable {
    try {
      method.setAccessible(true);
      return method.invoke(target, args);
    } catch (InvocationTargetException failed) {
      throw failed.getTargetException();
    }
  }
}
