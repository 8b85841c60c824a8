package dev.comms.shop.demo;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Looks into the bodies of events. */
final class Bodies {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Bodies() {}

  /** The order that a JSON body names, or an empty text. */
  static String orderOf(byte[] body) {
    try {
      return JSON.readTree(body).path("orderId").asString("");
    } catch (JacksonException foreign) {
      return "";
    }
  }
}
