package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Peer;
import dev.comms.grpc.Authorizer.Access;
import dev.comms.grpc.Authorizer.Request;
import io.grpc.ServerCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an authorizer is shown, and what becomes of a call that waits for it. */
class AuthorizerTest {

  private static Request request(String authorization) {
    return new Request("shop.Inventory/Check", null, Map.of("authorization", authorization));
  }

  @Test
  void aBearerTokenIsReadWhateverTheCaseOfItsScheme() {
    assertThat(request("Bearer abc").bearer()).isEqualTo("abc");
    assertThat(request("bearer abc").bearer()).isEqualTo("abc");
    assertThat(request("Basic abc").bearer()).isNull();
    assertThat(request("Bearerabc").bearer()).isNull();
    assertThat(new Request("m", null, Map.of()).bearer()).isNull();
  }

  @Test
  void itsTextShowsNoHeader() {
    Request request =
        new Request("m", Peer.named("orders"), Map.of("authorization", "Bearer s3cret"));

    assertThat(request.toString()).isEqualTo("m by orders");
    assertThat(Access.deny("not you").toString()).isEqualTo("DENIED: not you");
  }

  @Test
  void whatCameWhileItWaitedIsToldInOrderAndThenAllElse() {
    List<String> told = new ArrayList<>();
    Withheld<String> withheld = new Withheld<>();
    withheld.onReady();
    withheld.onHalfClose();
    assertThat(withheld.gone()).isFalse();
    withheld.onCancel();
    assertThat(withheld.gone()).isTrue();

    withheld.release(
        new ServerCall.Listener<>() {
          @Override
          public void onReady() {
            told.add("ready");
          }

          @Override
          public void onHalfClose() {
            told.add("half close");
            // Comes while the others are told, and must wait its turn.
            withheld.onMessage("late");
          }

          @Override
          public void onCancel() {
            told.add("cancel");
          }

          @Override
          public void onMessage(String message) {
            told.add(message);
          }
        });
    withheld.onReady();

    assertThat(told).containsExactly("ready", "half close", "cancel", "late", "ready");
  }
}
