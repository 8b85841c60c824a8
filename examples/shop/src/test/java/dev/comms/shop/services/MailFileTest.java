package dev.comms.shop.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.shop.contracts.SendEmail;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailFileTest {
  private static final ZonedDateTime DATE = ZonedDateTime.parse("2026-11-03T09:05:07+01:00");

  @Test
  void everyHeaderOfAMessageIsThereInAsciiWithCrlf() {
    String file = write(mail("Your order", "Ada \"the\" Countess", "Hello\nAda\n"));

    assertThat(file.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
    assertThat(headers(file))
        .containsExactly(
            "From: The shop <orders@shop.example>",
            "To: \"Ada \\\"the\\\" Countess\" <ada@example.org>",
            "Subject: Your order",
            "Date: Tue, 3 Nov 2026 08:05:07 +0000",
            "Message-ID: <mail-7@shop.example>",
            "X-Order-Id: 7",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64");
    assertThat(body(file)).isEqualTo("Hello\r\nAda\r\n");
  }

  @Test
  void aSubjectThatIsNotAsciiTravelsInEncodedWordsOfAtMost75Characters() {
    String subject = "Grüße 🎉 " + "überall ".repeat(20);

    String file = write(mail(subject, "Zoë", "x"));

    assertThat(file).matches("(?s)\\p{ASCII}*");
    assertThat(Arrays.stream(file.split("\r\n"))).allMatch(line -> line.length() <= 90);
    assertThat(decoded(file)).contains(subject);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nBcc: evil@example.org", "a\nX: y", "a\rb", "a\u0000b", "a\u0085b"})
  void aHeaderThatWouldForgeAnotherIsRefused(String text) {
    assertThatThrownBy(() -> write(mail(text, "Ada", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("subject");
    assertThatThrownBy(() -> write(mail("s", text, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nobody", "a@b>, <evil@example.org", "a b@example.org"})
  void whatIsNoAddressIsRefused(String to) {
    SendEmail mail = new SendEmail("7", to, "Ada", "s", "x");

    assertThatThrownBy(() -> MailFile.write("mail-7", mail, DATE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no mail address");
  }

  private static SendEmail mail(String subject, String name, String body) {
    return new SendEmail("7", "ada@example.org", name, subject, body);
  }

  private static String write(SendEmail mail) {
    return new String(MailFile.write("mail-7", mail, DATE), StandardCharsets.US_ASCII);
  }

  private static List<String> headers(String file) {
    return List.of(file.substring(0, file.indexOf("\r\n\r\n")).split("\r\n"));
  }

  private static String body(String file) {
    byte[] bytes = Base64.getMimeDecoder().decode(file.substring(file.indexOf("\r\n\r\n") + 4));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String decoded(String file) {
    StringBuilder text = new StringBuilder();
    for (String part : file.substring(file.indexOf("Subject:")).split("=\\?utf-8\\?B\\?", -1)) {
      int end = part.indexOf("?=");
      if (end > 0) {
        byte[] bytes = Base64.getDecoder().decode(part.substring(0, end));
        text.append(new String(bytes, StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }
}
