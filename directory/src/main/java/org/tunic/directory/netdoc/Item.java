package org.tunic.directory.netdoc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One item of a directory document: a keyword line and the object behind it, if there is one, as a
 * span over the document's text.
 *
 * <p>Arguments are cut when asked for. All offsets count bytes of the document.
 *
 * <p>Spec: dir-spec/netdoc. Threads: immutable.
 */
public final class Item {
  private final NetdocText document;
  private final String keyword;
  private final int line;
  private final int start;
  private final int argumentsStart;
  private final int lineEnd;
  private final int end;
  private final @Nullable String objectType;
  private final byte @Nullable [] objectBody;

  Item(
      NetdocText document,
      String keyword,
      int line,
      int start,
      int argumentsStart,
      int lineEnd,
      int end,
      @Nullable String objectType,
      byte @Nullable [] objectBody) {
    this.document = document;
    this.keyword = keyword;
    this.line = line;
    this.start = start;
    this.argumentsStart = argumentsStart;
    this.lineEnd = lineEnd;
    this.end = end;
    this.objectType = objectType;
    this.objectBody = objectBody;
  }

  /** The keyword; annotations keep their {@code @}. */
  public String keyword() {
    return keyword;
  }

  /** Line of the keyword in the text handed to the tokenizer, from 1. */
  public int line() {
    return line;
  }

  /** Offset of the keyword's first byte. */
  public int start() {
    return start;
  }

  /** Offset just behind the keyword line, its newline included. */
  public int lineEnd() {
    return Math.min(lineEnd + 1, document.length());
  }

  /**
   * Offset just behind the keyword and the one space after it: documents that are signed "through
   * the keyword and a space" are signed up to here.
   */
  public int afterKeywordAndSpace() {
    return Math.min(start + keyword.length() + 1, document.length());
  }

  /** Offset just behind the item: its line or its object, the newline included. */
  public int end() {
    return end;
  }

  /** Everything behind the keyword up to the end of the line, leading white space removed. */
  public String argumentText() {
    return document.text().substring(argumentsStart, lineEnd);
  }

  /** Number of arguments. */
  public int argCount() {
    return args().size();
  }

  /** The arguments: what stands between runs of spaces and tabs. */
  public List<String> args() {
    List<String> args = new ArrayList<>(4);
    String text = document.text();
    int at = argumentsStart;
    while (at < lineEnd) {
      int stop = at;
      while (stop < lineEnd && !isBlank(text.charAt(stop))) {
        stop++;
      }
      args.add(text.substring(at, stop));
      at = stop;
      while (at < lineEnd && isBlank(text.charAt(at))) {
        at++;
      }
    }
    return args;
  }

  /**
   * The argument number {@code index}, from 0.
   *
   * @throws DocumentSyntaxException if there are fewer
   */
  public String arg(int index) throws DocumentSyntaxException {
    List<String> args = args();
    if (index >= args.size()) {
      throw fault("too few arguments");
    }
    return args.get(index);
  }

  /**
   * The argument number {@code index} as a decimal number.
   *
   * @throws DocumentSyntaxException if it is missing, no number, or not within {@code min} to
   *     {@code max}
   */
  public long number(int index, long min, long max) throws DocumentSyntaxException {
    String arg = arg(index);
    long value;
    try {
      value = Long.parseLong(arg);
    } catch (NumberFormatException e) {
      throw fault("not a number");
    }
    if (value < min || value > max) {
      throw fault("number out of range");
    }
    return value;
  }

  /** Whether an object follows the line. */
  public boolean hasObject() {
    return objectType != null;
  }

  /** The object's type, as {@code RSA PUBLIC KEY}; null without an object. */
  public @Nullable String objectType() {
    return objectType;
  }

  /**
   * A copy of the object's decoded bytes.
   *
   * @param type the label the object must have
   * @throws DocumentSyntaxException if there is none, or one of another type
   */
  public byte[] object(String type) throws DocumentSyntaxException {
    if (objectBody == null || !type.equals(objectType)) {
      throw fault(objectBody == null ? "object missing" : "object of another type");
    }
    return objectBody.clone();
  }

  /**
   * A copy of the object's decoded bytes, whatever its type.
   *
   * @throws DocumentSyntaxException if there is none
   */
  public byte[] anyObject() throws DocumentSyntaxException {
    if (objectBody == null) {
      throw fault("object missing");
    }
    return objectBody.clone();
  }

  /** The exception for a fault in this item. */
  public DocumentSyntaxException fault(String why) {
    return new DocumentSyntaxException(keyword, line, why);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  /** Keyword and line only. */
  @Override
  public String toString() {
    return keyword + " (line " + line + ")";
  }
}
