package dev.comms.shop.services;

import dev.comms.shop.contracts.SendEmail;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** A mail as RFC 5322 writes it: CRLF, ASCII headers (RFC 2047 where needed), a MIME text body. */
final class MailFile {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.US);
  private static final Pattern ADDRESS =
      Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}");
  private static final Pattern ASCII = Pattern.compile("[\\x20-\\x7e]*");
  private static final String FROM = "The shop <orders@shop.example>";

  /** Encoded words are at most 75 characters long: 45 bytes are 60 in base64, plus 12 around. */
  private static final int BYTES_PER_WORD = 45;

  private MailFile() {}

  /**
   * The whole file.
   *
   * @param id the task's id, which becomes the Message-ID, so that a second copy is known as one
   * @throws IllegalArgumentException if a header would carry a control character (which could add a
   *     header of its own) or the address is none
   */
  static byte[] write(String id, SendEmail mail, ZonedDateTime date) {
    String to = checked("to", mail.to());
    if (!ADDRESS.matcher(to).matches()) {
      throw new IllegalArgumentException("to is '" + to + "', which is no mail address");
    }
    String name = checked("name", mail.name());
    String text =
        header("From", FROM)
            + header("To", name.isEmpty() ? to : phrase(name) + " <" + to + ">")
            + header("Subject", words(checked("subject", mail.subject())))
            + header("Date", DATE.format(date.withZoneSameInstant(ZoneOffset.UTC)))
            + header("Message-ID", "<" + checked("id", id) + "@shop.example>")
            + header("X-Order-Id", checked("orderId", mail.orderId()))
            + header("MIME-Version", "1.0")
            + header("Content-Type", "text/plain; charset=utf-8")
            + header("Content-Transfer-Encoding", "base64")
            + "\r\n"
            + body(mail.body());
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String header(String name, String value) {
    return name + ": " + value + "\r\n";
  }

  private static String checked(String field, String value) {
    if (value.length() > 500 || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          field
              + " is longer than 500 characters or has a control character, which could forge a"
              + " header; the mail is refused");
    }
    return value;
  }

  private static String phrase(String name) {
    boolean plain = ASCII.matcher(name).matches();
    return plain ? '"' + name.replaceAll("([\"\\\\])", "\\\\$1") + '"' : words(name);
  }

  /** The text itself, or as encoded words (RFC 2047), folded, never splitting a character. */
  private static String words(String text) {
    if (ASCII.matcher(text).matches()) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    StringBuilder word = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              String next = Character.toString(c);
              if (bytes(word).length + bytes(next).length > BYTES_PER_WORD) {
                out.append(encoded(word)).append("\r\n ");
                word.setLength(0);
              }
              word.append(next);
            });
    return out.append(encoded(word)).toString();
  }

  private static String encoded(CharSequence word) {
    return "=?utf-8?B?" + Base64.getEncoder().encodeToString(bytes(word)) + "?=";
  }

  private static String body(String text) {
    byte[] lines = bytes(text.replaceAll("\\r\\n|\\r|\\n", "\r\n"));
    return Base64.getMimeEncoder().encodeToString(lines) + "\r\n";
  }

  private static byte[] bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
