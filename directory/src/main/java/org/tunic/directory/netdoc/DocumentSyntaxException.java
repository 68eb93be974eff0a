package org.tunic.directory.netdoc;

import java.io.Serial;

/**
 * A directory document that breaks its grammar. The sender's fault: drop the document, and never
 * show its contents at info or above.
 *
 * <p>It carries the keyword, the line (counted from 1 in the text handed to the parser, 0 if there
 * is no such line) and a reason of fixed text. It has no stack trace, for anyone can make us throw
 * it.
 *
 * <p>Threads: immutable.
 */
public final class DocumentSyntaxException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** Longest keyword repeated in a message; a document may have any. */
  private static final int MAX_SHOWN_KEYWORD = 40;

  private final String keyword;
  private final int line;
  private final String why;

  /** A fault at {@code keyword}, which stands in line {@code line}, because of {@code why}. */
  public DocumentSyntaxException(String keyword, int line, String why) {
    super(message(keyword, line, why), null, false, false);
    this.keyword = keyword;
    this.line = line;
    this.why = why;
  }

  private static String message(String keyword, int line, String why) {
    String shown =
        keyword.length() <= MAX_SHOWN_KEYWORD ? keyword : keyword.substring(0, MAX_SHOWN_KEYWORD);
    return line > 0 ? shown + ", line " + line + ": " + why : shown + ": " + why;
  }

  /** The keyword at fault, as the document or the table spells it. */
  public String keyword() {
    return keyword;
  }

  /** The line at fault, from 1; 0 if none can be named, as for a missing item. */
  public int line() {
    return line;
  }

  /** What is wrong, without anything from the document. */
  public String why() {
    return why;
  }
}
