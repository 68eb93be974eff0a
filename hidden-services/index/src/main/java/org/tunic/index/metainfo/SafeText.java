package org.tunic.index.metainfo;

/**
 * Text of strangers, made harmless to look at: what turns the direction of writing, moves the
 * cursor, shows nothing or piles up marks is replaced, and what is too long is cut. It is not
 * escaped: the page does that where it is put.
 *
 * <p>Threads: any, because it has no state.
 */
public final class SafeText {
  /** Stands for what must not be shown. */
  public static final char REPLACEMENT = '\uFFFD';

  /** Says that something was cut off. */
  public static final char ELLIPSIS = '\u2026';

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int MAX_MARKS = 4;

  private SafeText() {}

  /** One line of at most {@code most} code points. */
  public static String line(String text, int most) {
    return clean(text, most, false);
  }

  /** Lines of at most {@code most} code points together; line breaks stay. */
  public static String lines(String text, int most) {
    return clean(text.replace("\r\n", "\n"), most, true);
  }

  private static String clean(String text, int most, boolean breaks) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), most) + 1);
    int marks = 0;
    int count = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (count == most) {
        return out.append(ELLIPSIS).toString();
      }
      boolean mark = isMark(point);
      marks = mark ? marks + 1 : 0;
      if (mark && marks > MAX_MARKS) {
        continue;
      }
      boolean shown = (breaks && point == '\n') || isHarmless(point);
      out.appendCodePoint(shown ? point : REPLACEMENT);
      count++;
    }
    return out.toString();
  }

  private static boolean isMark(int point) {
    return switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> true;
      default -> false;
    };
  }

  private static boolean isHarmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // Scripts of South Asia and emoji need the joiners; the rest of these turn or hide text.
      case Character.FORMAT -> point == ZERO_WIDTH_JOINER || point == ZERO_WIDTH_NON_JOINER;
      default -> true;
    };
  }
}
