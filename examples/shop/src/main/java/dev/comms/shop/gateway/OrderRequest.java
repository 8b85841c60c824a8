package dev.comms.shop.gateway;

import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What {@code POST /orders} takes; every fault names its field. */
record OrderRequest(String userId, int productId, int quantity) {
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Set<String> FIELDS = Set.of("userId", "productId", "quantity");
  private static final int MOST_PIECES = 100;

  /**
   * Reads a body.
   *
   * @throws Problem 400 naming the field, if it is not what an order looks like
   */
  static OrderRequest parse(byte[] body) {
    JsonNode json = read(body);
    if (!json.isObject()) {
      throw Problem.malformed("body", "the body must be a JSON object with " + FIELDS);
    }
    for (String name : json.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw Problem.malformed(name, "there is no such field; an order has " + FIELDS);
      }
    }
    JsonNode user = json.path("userId");
    if (!user.isString() || !USER.matcher(user.stringValue()).matches()) {
      throw Problem.malformed("userId", "must be a string of 1 to 64 of [A-Za-z0-9_-]");
    }
    return new OrderRequest(
        user.stringValue(),
        integer(json, "productId", Integer.MAX_VALUE),
        integer(json, "quantity", MOST_PIECES));
  }

  private static JsonNode read(byte[] body) {
    try {
      JsonNode json = Json.MAPPER.readTree(body);
      return json == null ? Json.MAPPER.nullNode() : json;
    } catch (JacksonException noJson) {
      throw Problem.malformed("body", "the body is no JSON: " + noJson.getOriginalMessage());
    }
  }

  private static int integer(JsonNode json, String field, int most) {
    JsonNode value = json.path(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < 1
        || value.intValue() > most) {
      throw Problem.malformed(field, "must be a whole number from 1 to " + most);
    }
    return value.intValue();
  }
}
