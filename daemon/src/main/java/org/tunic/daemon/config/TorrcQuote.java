package org.tunic.daemon.config;

import java.nio.charset.StandardCharsets;

/** Values written so that a torrc parser reads them back. Threads: any, because it has no state. */
final class TorrcQuote {
  private TorrcQuote() {}

  /** The value itself, or in quotes with C escapes if it would not survive bare. */
  static String ifNeeded(String value) {
    return needed(value) ? quote(value) : value;
  }

  private static boolean needed(String value) {
    return value.startsWith("\"")
        || value.chars().anyMatch(c -> c == '#' || c < ' ' || c > '~')
        || value.endsWith(" ")
        || value.startsWith(" ");
  }

  /** One octal escape per byte of what is not printable ASCII, as C tor writes it. */
  private static String quote(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      switch (b) {
        case '\\' -> quoted.append("\\\\");
        case '"' -> quoted.append("\\\"");
        case '\'' -> quoted.append("\\'");
        case '\t' -> quoted.append("\\t");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (b >= ' ' && b <= '~') {
            quoted.append((char) b);
          } else {
            int octal = Byte.toUnsignedInt(b);
            quoted.append('\\').append((char) ('0' + (octal >> 6)));
            quoted.append((char) ('0' + (octal >> 3 & 7))).append((char) ('0' + (octal & 7)));
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
