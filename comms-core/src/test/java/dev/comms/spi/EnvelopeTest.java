package dev.comms.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Peer;
import dev.comms.spi.Health.Part;
import dev.comms.spi.Health.State;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final byte[] BODY = {1, 2, 3};
  private final Envelope plain = Envelope.of("id", "test.mail", "text/plain", Instant.EPOCH, BODY);

  @Test
  void eachChangeIsACopyThatSharesTheBody() {
    Envelope full = plain.key("k").expires(Instant.MAX).header("a", "b");
    assertThat(full.key()).isEqualTo("k");
    assertThat(full.expires()).isEqualTo(Instant.MAX);
    assertThat(full.headers()).isEqualTo(Map.of("a", "b"));
    assertThat(full.body()).isSameAs(BODY);
    assertThat(full.id()).isEqualTo("id");
    assertThat(full.time()).isEqualTo(Instant.EPOCH);
    assertThat(plain.key()).isNull();
    assertThat(plain.expires()).isNull();
    assertThat(plain.headers()).isEmpty();
  }

  @Test
  void itsPeerStaysWithAllCopies() {
    Peer peer = Peer.named("orders");

    Envelope known = plain.peer(peer).key("k").expires(Instant.MAX).header("a", "b");

    assertThat(known.peer()).isEqualTo(peer);
    assertThat(plain.peer()).isNull();
    assertThat(known.toString()).doesNotContain("orders");
  }

  @Test
  void itsHeadersAreItsOwn() {
    Map<String, String> mine = new HashMap<>(Map.of("a", "b"));
    Envelope message = plain.headers(mine);
    mine.put("c", "d");
    assertThat(message.headers()).containsOnlyKeys("a");
    assertThatThrownBy(() -> message.headers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void allItsFieldsAreFinalAndNobodyExtendsIt() {
    assertThat(Modifier.isFinal(Envelope.class.getModifiers())).isTrue();
    assertThat(Arrays.stream(Envelope.class.getDeclaredFields()))
        .allMatch(field -> Modifier.isFinal(field.getModifiers()));
  }

  @Test
  void itsTextShowsNoPayload() {
    assertThat(plain.header("token", "secret")).hasToString("test.mail id (3 bytes)");
  }

  @Test
  void theWholeIsAsGoodAsItsWorstPart() {
    assertThat(Health.of(List.of()).state()).isEqualTo(State.UP);
    assertThat(Health.of(List.of(part(State.UP), part(State.DOWN), part(State.DRAINING))).state())
        .isEqualTo(State.DOWN);
    assertThat(Health.of(List.of(part(State.STARTING), part(State.UP))).state())
        .isEqualTo(State.STARTING);
  }

  private static Part part(State state) {
    return new Part("p", state, Instant.EPOCH, Map.of());
  }
}
