package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An entry as one line of JSON: one flat object of strings and whole numbers, and nothing else.
 * Written here because a history must be readable with whichever JSON library a user's tests have,
 * or none.
 */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static String line(Entry entry) {
    StringBuilder out = new StringBuilder(160);
    out.append("{\"seq\":").append(entry.seq()).append(",\"t\":").append(entry.nanos());
    field(out, "proc", entry.process());
    field(out, "op", entry.op().name().toLowerCase(Locale.ROOT));
    field(out, "type", entry.type().name().toLowerCase(Locale.ROOT));
    if (!entry.channel().isEmpty()) {
      field(out, "channel", entry.channel());
    }
    if (!entry.id().isEmpty()) {
      field(out, "id", entry.id());
    }
    new TreeMap<>(entry.facts()).forEach((name, value) -> field(out, name, value));
    return out.append('}').toString();
  }

  private static void field(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char one = value.charAt(i);
      if (one == '"' || one == '\\') {
        out.append('\\').append(one);
      } else if (one < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) one));
      } else {
        out.append(one);
      }
    }
    out.append('"');
  }

  /**
   * The entry of a line.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Entry entry(String line) {
    Map<String, String> all = new Json(line).object();
    long seq = number(all, "seq");
    long nanos = number(all, "t");
    String process = taken(all, "proc");
    Op op = Op.valueOf(taken(all, "op").toUpperCase(Locale.ROOT));
    Type type = Type.valueOf(taken(all, "type").toUpperCase(Locale.ROOT));
    String channel = all.containsKey("channel") ? taken(all, "channel") : "";
    String id = all.containsKey("id") ? taken(all, "id") : "";
    return new Entry(seq, nanos, process, op, type, channel, id, all);
  }

  private static long number(Map<String, String> all, String name) {
    return Long.parseLong(taken(all, name));
  }

  private static String taken(Map<String, String> all, String name) {
    String value = all.remove(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no \"" + name + "\"");
    }
    return value;
  }

  private Map<String, String> object() {
    Map<String, String> all = new LinkedHashMap<>();
    expect('{');
    if (peek() != '}') {
      do {
        String name = string();
        expect(':');
        String value = peek() == '"' ? string() : word();
        if (all.put(name, value) != null) {
          throw wrong("\"" + name + "\" is there twice");
        }
      } while (took(','));
    }
    expect('}');
    if (peek() != 0) {
      throw wrong("something follows the object");
    }
    return all;
  }

  private String word() {
    peek();
    int from = at;
    while (at < text.length() && "-+.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (from == at) {
      throw wrong("a string or a number was expected");
    }
    return text.substring(from, at);
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char one = text.charAt(at++);
      if (one == '"') {
        return out.toString();
      }
      out.append(one == '\\' ? escaped() : one);
    }
    throw wrong("a string does not end");
  }

  private char escaped() {
    if (at >= text.length()) {
      throw wrong("a string does not end");
    }
    char one = text.charAt(at++);
    return switch (one) {
      case '"', '\\', '/' -> one;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw wrong("\\" + one + " is no escape");
    };
  }

  private char unicode() {
    if (at + 4 > text.length()) {
      throw wrong("a string does not end");
    }
    at += 4;
    return (char) Integer.parseInt(text.substring(at - 4, at), 16);
  }

  private void expect(char wanted) {
    if (!took(wanted)) {
      throw wrong("'" + wanted + "' was expected");
    }
  }

  private boolean took(char wanted) {
    boolean there = peek() == wanted;
    at += there ? 1 : 0;
    return there;
  }

  /** The next character that is no white space; 0 at the end. */
  private char peek() {
    while (at < text.length() && text.charAt(at) <= ' ') {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + " at character " + (at + 1));
  }
}
