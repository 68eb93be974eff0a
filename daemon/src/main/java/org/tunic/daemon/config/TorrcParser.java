package org.tunic.daemon.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tunic.daemon.config.ConfigLine.Command;

/**
 * Splits the text of a torrc into lines: comments, continuation lines, quoted values, {@code +} and
 * {@code /} before the name.
 *
 * <p>{@code %include} comes out as an ordinary line; {@link TorrcFiles} follows it. No option is
 * looked up here.
 *
 * <p>The format, as C tor reads it rather than as one would wish: a name ends at white space or
 * {@code #}; an unquoted value ends at {@code #} or at the end of the line, and loses white space
 * at its end; a backslash right before the newline joins the next line, in which {@code #} starts a
 * comment that ends with that line, newline included; a quoted value takes C escapes and must end
 * on its line.
 *
 * <p>Spec: C tor doc/torrc_format.txt
 *
 * <p>Threads: one; made for one text.
 */
final class TorrcParser {
  private final String text;
  private final String source;
  private int at;
  private int lineNumber = 1;
  private int countedTo;

  private TorrcParser(String text, String source) {
    this.text = text;
    this.source = source;
  }

  /**
   * Reads a whole file.
   *
   * @param source the name of the file for messages
   * @throws ConfigException at a quoted value that does not end, has a bad escape or is followed by
   *     more text
   */
  static List<ConfigLine> parse(String text, String source) throws ConfigException {
    return new TorrcParser(text, source).lines();
  }

  private List<ConfigLine> lines() throws ConfigException {
    List<ConfigLine> lines = new ArrayList<>();
    while (skipToName()) {
      Origin origin = new Origin(source, lineNumberAt(at));
      String name = name();
      skipBlanks();
      String value = peek() == '"' ? quotedValue(origin, name) : plainValue();
      lines.add(line(origin, name, value));
    }
    return lines;
  }

  private static ConfigLine line(Origin origin, String name, String value) {
    if (name.startsWith("+")) {
      return new ConfigLine(origin, Command.APPEND, name.substring(1), value);
    }
    if (name.startsWith("/")) {
      return new ConfigLine(origin, Command.CLEAR, name.substring(1), "");
    }
    return new ConfigLine(origin, Command.SET, name, value);
  }

  private boolean skipToName() {
    while (at < text.length()) {
      if (isSpace(text.charAt(at))) {
        at++;
      } else if (text.charAt(at) == '#') {
        skipLine();
      } else {
        return true;
      }
    }
    return false;
  }

  private String name() {
    int start = at;
    while (at < text.length()
        && !isSpace(text.charAt(at))
        && text.charAt(at) != '#'
        && !atContinuation()) {
      at++;
    }
    return text.substring(start, at);
  }

  private String plainValue() {
    StringBuilder value = new StringBuilder();
    boolean continued = false;
    while (at < text.length() && text.charAt(at) != '\n') {
      if (atContinuation()) {
        continued = true;
        at += 2;
      } else if (text.charAt(at) == '#') {
        skipLine();
        if (!continued) {
          break;
        }
      } else {
        value.append(text.charAt(at++));
      }
    }
    int end = value.length();
    while (end > 0 && isSpace(value.charAt(end - 1))) {
      end--;
    }
    return value.substring(0, end);
  }

  private String quotedValue(Origin origin, String name) throws ConfigException {
    // Bytes, because C tor writes what is not ASCII as one octal escape per byte of UTF-8.
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    at++;
    while (peek() != '"') {
      if (peek() == '\n') {
        throw ConfigException.at(
            origin, name + " has a quoted value that does not end", "add the closing quote");
      }
      if (peek() == '\\') {
        value.write(escape(origin, name));
      } else {
        int character = text.codePointAt(at);
        value.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(character);
      }
    }
    at++;
    skipBlanks();
    if (peek() == '\r') {
      at++;
    }
    if (at < text.length() && peek() != '#' && peek() != '\n') {
      throw ConfigException.at(
          origin,
          name + " has text after its quoted value",
          "remove it, or start it with # if it is a comment");
    }
    return value.toString(StandardCharsets.UTF_8);
  }

  /** The byte that an escape stands for. */
  private int escape(Origin origin, String name) throws ConfigException {
    at++;
    char c = peek();
    at++;
    int value =
        switch (c) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case '"', '\'', '\\' -> c;
          case 'x', 'X' -> hexEscape();
          case '0', '1', '2', '3', '4', '5', '6', '7' -> octalEscape(c - '0');
          default -> -1;
        };
    if (value < 0 || value > 255) {
      throw ConfigException.at(
          origin,
          name + " has a bad escape in its quoted value",
          "use \\\\ for a backslash and \\\" for a quote");
    }
    return value;
  }

  /** Exactly two digits. */
  private int hexEscape() {
    int high = Character.digit(peek(), 16);
    int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
    if (high < 0 || low < 0) {
      return -1;
    }
    at += 2;
    return high * 16 + low;
  }

  /** Up to two more digits. */
  private int octalEscape(int first) {
    int octal = first;
    for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; i++) {
      octal = octal * 8 + (text.charAt(at++) - '0');
    }
    return octal;
  }

  /** The character at hand, or newline at the end of the text. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\n';
  }

  private boolean atContinuation() {
    return text.charAt(at) == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  /** To the first character of the next line. */
  private void skipLine() {
    int newline = text.indexOf('\n', at);
    at = newline < 0 ? text.length() : newline + 1;
  }

  private int lineNumberAt(int position) {
    while (countedTo < position) {
      if (text.charAt(countedTo++) == '\n') {
        lineNumber++;
      }
    }
    return lineNumber;
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\u000b' || c == '\f';
  }
}
