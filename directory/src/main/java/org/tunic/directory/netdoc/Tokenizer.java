package org.tunic.directory.netdoc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a document into items, from front to back.
 *
 * <p>What it takes and refuses is what C tor's tokenizer takes and refuses, since authorities must
 * agree on which descriptors parse: blank lines and lines starting with {@code #} between items are
 * skipped; the word {@code opt} in front of a keyword is skipped; an object may follow any line and
 * must be proper base64 between matching labels; NUL bytes, lines and objects above 128 KiB are
 * faults.
 *
 * <p>Cost: one pass with {@code indexOf}; strings are made for keywords and, later, for the
 * arguments that are asked for.
 *
 * <p>Spec: dir-spec/netdoc. Threads: one caller.
 */
public final class Tokenizer {
  /** Longest line accepted, in bytes. */
  static final int MAX_LINE = 128 * 1024;

  /** Longest armoured object body accepted, in bytes of base64 text. */
  static final int MAX_OBJECT = 128 * 1024;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int MIN_BEGIN_LINE = BEGIN.length() + DASHES.length() + 1;

  private final NetdocText document;
  private final String text;
  private final int limit;
  private int at;
  private int line = 1;

  /** Over the whole of {@code document}. */
  public Tokenizer(NetdocText document) throws DocumentSyntaxException {
    this(document, 0, document.length(), 1);
  }

  /**
   * Over a part of {@code document}, keeping the document's offsets.
   *
   * @param start first byte of the part
   * @param limit the byte behind the part
   * @param firstLine number of the line at {@code start}, for messages
   */
  public Tokenizer(NetdocText document, int start, int limit, int firstLine)
      throws DocumentSyntaxException {
    this.document = document;
    this.text = document.text();
    this.at = start;
    this.limit = limit;
    this.line = firstLine;
    // Never beyond the part: a document of many parts would be searched to its end for each.
    if (text.indexOf('\0', start, limit) >= 0) {
      throw new DocumentSyntaxException("document", 0, "NUL byte");
    }
    skipBlank();
  }

  /** All items of {@code document}. */
  public static List<Item> items(NetdocText document) throws DocumentSyntaxException {
    List<Item> items = new ArrayList<>();
    Tokenizer tokenizer = new Tokenizer(document);
    for (Item item = tokenizer.next(); item != null; item = tokenizer.next()) {
      items.add(item);
    }
    return items;
  }

  /** The next item's keyword without taking it; null at the end. */
  public @Nullable String peekKeyword() {
    return at < limit ? text.substring(at, wordEnd(at, lineEnd(at))) : null;
  }

  /** Whether the next item has this keyword. Allocates nothing. */
  public boolean nextIs(String keyword) {
    int end = at + keyword.length();
    return text.startsWith(keyword, at)
        && end <= limit
        && (end == limit || isSpace(text.charAt(end)));
  }

  /** Offset of the next item, or the limit. */
  public int position() {
    return at;
  }

  /** Line of the next item. */
  public int line() {
    return line;
  }

  /**
   * Takes the next item; null at the end.
   *
   * @throws DocumentSyntaxException if the line or its object is malformed; the tokenizer must not
   *     be used after that
   */
  public @Nullable Item next() throws DocumentSyntaxException {
    if (at >= limit) {
      return null;
    }
    int start = at;
    int startLine = line;
    int eol = lineEnd(start);
    if (eol - start > MAX_LINE) {
      throw new DocumentSyntaxException("document", startLine, "line far too long");
    }
    int keywordEnd = wordEnd(start, eol);
    if (keywordEnd - start == 3 && text.startsWith("opt", start)) {
      start = skipBlanksInLine(keywordEnd, eol);
      keywordEnd = wordEnd(start, eol);
    }
    String keyword = text.substring(start, keywordEnd);
    int argumentsStart = skipBlanksInLine(keywordEnd, eol);
    at = eol;
    skipBlank();
    String objectType = null;
    byte[] objectBody = null;
    int end = Math.min(eol + 1, limit);
    if (text.startsWith(BEGIN, at) && at + BEGIN.length() < limit) {
      int beginEol = text.indexOf('\n', at);
      if (beginEol >= 0 && beginEol < limit) {
        objectType = beginLabel(keyword, beginEol);
        int bodyStart = beginEol + 1;
        int bodyEnd = text.indexOf(END, bodyStart);
        if (bodyEnd < 0 || bodyEnd >= limit) {
          throw fault(keyword, "object without an end line");
        }
        int endEol = lineEnd(bodyEnd);
        checkEndLine(keyword, objectType, bodyEnd, endEol);
        if (bodyEnd - bodyStart > MAX_OBJECT) {
          throw fault(keyword, "object far too long");
        }
        objectBody = base64(keyword, bodyStart, bodyEnd);
        countLines(at, endEol);
        at = endEol;
        end = Math.min(endEol + 1, limit);
        skipBlank();
      }
    }
    return new Item(
        document, keyword, startLine, start, argumentsStart, eol, end, objectType, objectBody);
  }

  private String beginLabel(String keyword, int eol) throws DocumentSyntaxException {
    if (eol - at < MIN_BEGIN_LINE
        || eol - at > MAX_OBJECT
        || !text.startsWith(DASHES, eol - DASHES.length())) {
      throw fault(keyword, "malformed begin line of the object");
    }
    return text.substring(at + BEGIN.length(), eol - DASHES.length());
  }

  private void checkEndLine(String keyword, String type, int start, int eol)
      throws DocumentSyntaxException {
    int labelStart = start + END.length();
    if (eol - start != END.length() + type.length() + DASHES.length()
        || !text.startsWith(type, labelStart)
        || !text.startsWith(DASHES, labelStart + type.length())) {
      throw fault(keyword, "end line of the object does not match its begin line");
    }
  }

  private byte[] base64(String keyword, int start, int end) throws DocumentSyntaxException {
    byte[] packed = new byte[end - start];
    int length = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (!isSpace(c)) {
        packed[length++] = (byte) c;
      }
    }
    try {
      return Base64.getDecoder().decode(new String(packed, 0, length, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw fault(keyword, "object is not base64");
    }
  }

  private DocumentSyntaxException fault(String keyword, String why) {
    return new DocumentSyntaxException(keyword, line, why);
  }

  /** Offset of the newline that ends the line at {@code from}, or the limit. */
  private int lineEnd(int from) {
    int eol = from < limit ? text.indexOf('\n', from, limit) : -1;
    return eol < 0 ? limit : eol;
  }

  private int wordEnd(int from, int eol) {
    int end = from;
    while (end < eol && !isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private int skipBlanksInLine(int from, int eol) {
    int end = from;
    while (end < eol && isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Over white space, newlines and comment lines, to the next item. */
  private void skipBlank() {
    while (at < limit) {
      char c = text.charAt(at);
      if (c == '#') {
        at = lineEnd(at);
      } else if (isSpace(c)) {
        if (c == '\n') {
          line++;
        }
        at++;
      } else {
        return;
      }
    }
  }

  private void countLines(int from, int to) {
    for (int eol = text.indexOf('\n', from);
        eol >= 0 && eol < to;
        eol = text.indexOf('\n', eol + 1)) {
      line++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }
}
