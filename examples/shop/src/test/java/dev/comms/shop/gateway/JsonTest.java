package dev.comms.shop.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void whatAMapHoldsComesInTheOrderOfItsKeysInEveryJvm() {
    Map<String, Object> stock = new LinkedHashMap<>();
    stock.put("stock", 7);
    stock.put("productId", 1);

    assertThat(Json.MAPPER.writeValueAsString(stock)).isEqualTo("{\"productId\":1,\"stock\":7}");
  }
}
