package dev.comms.codec;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException.Misconfigured;

/**
 * JSON by Jackson 3 ({@code tools.jackson}) if it is on the class path, else by Jackson 2 ({@code
 * com.fasterxml.jackson}). Type names in the JSON are never read.
 */
public final class Json {
  private Json() {}

  /**
   * A codec for a record or class; thread-safe.
   *
   * @throws Misconfigured if neither Jackson is on the class path
   */
  public static <T> Codec<T> json(Class<T> type) {
    if (present("tools.jackson.databind.json.JsonMapper")) {
      return new Jackson3<>(type);
    }
    if (present("com.fasterxml.jackson.databind.ObjectMapper")) {
      return new Jackson2<>(type);
    }
    throw new Misconfigured(
        "Json.json(" + type.getSimpleName() + ")",
        "no Jackson on the class path; add tools.jackson.core:jackson-databind"
            + " or com.fasterxml.jackson.core:jackson-databind");
  }

  private static boolean present(String name) {
    try {
      Class.forName(name, false, Json.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }
}
