package org.tunic.daemon.config;

/**
 * Text of unknown content made fit for one line of a log. Threads: any, because it has no state.
 */
final class OneLine {
  /** Quoted values are cut here: the place says where to read on. */
  static final int MAX_QUOTED = 100;

  private OneLine() {}

  /** In double quotes, cut to {@link #MAX_QUOTED} characters, nothing unprintable in it. */
  static String quote(String value) {
    String shown = value.length() <= MAX_QUOTED ? value : value.substring(0, MAX_QUOTED) + "…";
    return '"' + of(shown) + '"';
  }

  /** Control characters replaced, so that a value cannot forge a line of its own. */
  static String of(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        if (clean == null) {
          clean = new StringBuilder(text);
        }
        clean.setCharAt(i, '?');
      }
    }
    return clean == null ? text : clean.toString();
  }
}
