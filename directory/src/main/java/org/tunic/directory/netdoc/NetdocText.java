package org.tunic.directory.netdoc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of one directory document, or of several one after the other, exactly as received.
 *
 * <p>Digests and signatures are over bytes, positions are best counted in characters; so the bytes
 * are held as a string of one character per byte (ISO 8859-1, which the JVM stores in one byte
 * each), and an offset means the same in both. The few lines that may hold more than ASCII ({@code
 * contact}, {@code platform}) are UTF-8 underneath and are passed on unchanged.
 *
 * <p>Spec: dir-spec/netdoc. Threads: immutable.
 */
public final class NetdocText {
  private final String text;

  private NetdocText(String text) {
    this.text = text;
  }

  /** The document in {@code bytes}; they are copied. */
  public static NetdocText of(byte[] bytes) {
    return new NetdocText(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** The document in {@code latin1}, a string with one character (0 to 255) for each byte. */
  public static NetdocText of(String latin1) {
    return new NetdocText(latin1);
  }

  /** The whole text, one character per byte. */
  public String text() {
    return text;
  }

  /** Length in bytes. */
  public int length() {
    return text.length();
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The part from {@code start} (inclusive) to {@code end} (exclusive), as a text of its own. */
  public NetdocText part(int start, int end) {
    return start == 0 && end == text.length() ? this : new NetdocText(text.substring(start, end));
  }

  /** SHA-1 (20 bytes) of the bytes from {@code start} (inclusive) to {@code end} (exclusive). */
  public byte[] sha1(int start, int end) {
    return digest("SHA-1", start, end);
  }

  /** SHA-256 (32 bytes) of the bytes from {@code start} (inclusive) to {@code end} (exclusive). */
  public byte[] sha256(int start, int end) {
    return digest("SHA-256", start, end);
  }

  /** SHA3-256 (32 bytes) of the bytes from {@code start} (inclusive) to {@code end} (exclusive). */
  public byte[] sha3(int start, int end) {
    return digest("SHA3-256", start, end);
  }

  /**
   * Offset just behind the first {@code terminator} at or after the first line that begins with
   * {@code lineStart}, the way signed parts of documents end; -1 if there is none.
   *
   * @param lineStart text at the beginning of a line that is not the first
   * @param from where to look from
   */
  public int endOfSigned(String lineStart, char terminator, int from) {
    int line = text.indexOf("\n" + lineStart, from);
    return line < 0 ? -1 : text.indexOf(terminator, line + 1 + lineStart.length()) + 1;
  }

  private byte[] digest(String algorithm, int start, int end) {
    try {
      return MessageDigest.getInstance(algorithm)
          .digest(text.substring(start, end).getBytes(StandardCharsets.ISO_8859_1));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the Java platform must provide " + algorithm, e);
    }
  }

  /**
   * Cuts documents that stand one after the other: a new one starts at each line whose keyword is
   * {@code firstKeyword}, or at the annotation lines ({@code @…}) right before it. Text before the
   * first one is dropped; the parts are not otherwise checked.
   *
   * @param firstKeyword the keyword every such document starts with, as {@code router}
   */
  public List<NetdocText> split(String firstKeyword) {
    List<Integer> starts = new ArrayList<>();
    int annotations = -1;
    for (int at = 0; at < text.length(); at = nextLine(at)) {
      if (text.charAt(at) == '@') {
        annotations = annotations < 0 ? at : annotations;
      } else if (startsWithKeyword(at, firstKeyword)) {
        starts.add(annotations < 0 ? at : annotations);
        annotations = -1;
      } else {
        annotations = -1;
      }
    }
    List<NetdocText> parts = new ArrayList<>(starts.size());
    for (int i = 0; i < starts.size(); i++) {
      int end = i + 1 < starts.size() ? starts.get(i + 1) : text.length();
      parts.add(part(starts.get(i), end));
    }
    return parts;
  }

  private boolean startsWithKeyword(int at, String keyword) {
    if (!text.startsWith(keyword, at)) {
      return false;
    }
    int after = at + keyword.length();
    if (after == text.length()) {
      return true;
    }
    char c = text.charAt(after);
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  private int nextLine(int at) {
    int eol = text.indexOf('\n', at);
    return eol < 0 ? text.length() : eol + 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetdocText that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The length only; documents do not belong into logs. */
  @Override
  public String toString() {
    return "document of " + text.length() + " bytes";
  }
}
