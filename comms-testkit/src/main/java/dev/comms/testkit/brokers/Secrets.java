package dev.comms.testkit.brokers;

import java.util.regex.Pattern;

/** Removes user names and passwords from text that people will read. */
final class Secrets {

  /** Everything before the last @ of a word, except its scheme: also right for malformed URIs. */
  private static final Pattern USER_INFO = Pattern.compile("([a-zA-Z0-9+.:-]*//)?[^\\s\"']*@");

  private static final Pattern PARAMETER =
      Pattern.compile("(?i)([?&;][^=&;\\s]*(?:user|pass|secret|token|key)[^=&;\\s]*=)[^&;\\s\"']*");

  private Secrets() {}

  static String hide(String text) {
    String withoutUser =
        USER_INFO
            .matcher(text)
            .replaceAll(match -> (match.group(1) == null ? "" : match.group(1)) + "***@");
    return PARAMETER.matcher(withoutUser).replaceAll("$1***");
  }

  /** What a failure says, in one line and without secrets. */
  static String reason(Throwable failure) {
    String message = failure.getMessage();
    String text = message == null || message.isBlank() ? failure.getClass().getName() : message;
    return hide(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
