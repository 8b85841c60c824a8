package dev.comms.shop.demo;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Looks into the bodies of events. */
final class Bodies {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Bodies() {}

  /** The order that a JSON body names, or an empty text. */
  static String orderOf(byte[] body) {
    return text(body, "orderId");
  }

  /** The text in a field of a JSON body, or an empty one. */
  static String text(byte[] body, String field) {
    try {
      return JSON.readTree(body).path(field).asString("");
    } catch (JacksonException foreign) {
      return "";
    }
  }
}
