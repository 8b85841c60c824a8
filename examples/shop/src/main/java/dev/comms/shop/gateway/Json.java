package dev.comms.shop.gateway;

import tools.jackson.databind.json.JsonMapper;

/** The one JSON mapper of the edge. */
final class Json {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}
}
