package org.tunic.index.web;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tunic.crypto.bytes.Bytes;

/**
 * A form with a file in it.
 *
 * <pre>
 * "--" boundary CRLF, header lines, CRLF, content, CRLF "--" boundary …, at the end "--" again
 * </pre>
 *
 * <p>Bounds: {@link #MAX_PARTS}, {@link #MAX_PART_HEADER} bytes of headers of each; the whole is in
 * memory already.
 *
 * <p>Spec: RFC 7578. Threads: immutable.
 *
 * @param fields of text
 * @param files of bytes
 */
public record Multipart(Query fields, Map<String, Bytes> files) {
  /** Parts of a form. */
  public static final int MAX_PARTS = 32;

  /** Bytes of the header lines of a part. */
  public static final int MAX_PART_HEADER = 2048;

  private static final int MAX_BOUNDARY = 70;
  private static final Pattern BOUNDARY =
      Pattern.compile("multipart/form-data;.*boundary=\"?([0-9A-Za-z'()+_,./:=? -]+?)\"?");
  private static final Pattern NAME = Pattern.compile("[; ]name=\"([^\"]{1,60})\"");
  private static final Pattern FILE = Pattern.compile("; ?filename\\*?=");
  private static final byte[] HEADER_END = {'\r', '\n', '\r', '\n'};

  /** Copies the map. */
  public Multipart {
    files = Map.copyOf(files);
  }

  /** The boundary that a content type names; empty if it is no form of this kind. */
  public static Optional<String> boundary(String contentType) {
    Matcher found = BOUNDARY.matcher(contentType);
    return found.matches() && found.group(1).length() <= MAX_BOUNDARY
        ? Optional.of(found.group(1))
        : Optional.empty();
  }

  /** Reads a form; empty if it is none. */
  public static Optional<Multipart> parse(byte[] body, String boundary) {
    byte[] line = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    byte[] end = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    Map<String, String> fields = new HashMap<>();
    Map<String, Bytes> files = new HashMap<>();
    int at = startsWith(body, 0, line) ? line.length : -1;
    for (int parts = 0; at >= 0 && parts <= MAX_PARTS; parts++) {
      if (startsWith(body, at, new byte[] {'-', '-'})) {
        return Optional.of(new Multipart(Query.of(fields), files));
      }
      int headEnd = indexOf(body, at, HEADER_END, at + MAX_PART_HEADER);
      int next = headEnd < 0 ? -1 : indexOf(body, headEnd + 2, end, body.length);
      if (!startsWith(body, at, new byte[] {'\r', '\n'}) || next < 0) {
        return Optional.empty();
      }
      String head = new String(body, at, headEnd - at, StandardCharsets.UTF_8);
      // A part without content ends with the line that ends its header.
      int from = Math.min(headEnd + HEADER_END.length, next);
      take(head, Arrays.copyOfRange(body, from, next), fields, files);
      at = next + end.length;
    }
    return Optional.empty();
  }

  private static void take(
      String head, byte[] content, Map<String, String> fields, Map<String, Bytes> files) {
    Matcher name = NAME.matcher(head);
    if (!name.find()) {
      return;
    }
    if (FILE.matcher(head).find()) {
      files.putIfAbsent(name.group(1), Bytes.copyOf(content));
    } else {
      fields.putIfAbsent(name.group(1), new String(content, StandardCharsets.UTF_8));
    }
  }

  private static boolean startsWith(byte[] body, int at, byte[] what) {
    return at + what.length <= body.length
        && Arrays.equals(body, at, at + what.length, what, 0, what.length);
  }

  private static int indexOf(byte[] body, int from, byte[] what, int most) {
    int end = Math.min(most, body.length) - what.length;
    for (int i = from; i <= end; i++) {
      if (body[i] == what[0] && startsWith(body, i, what)) {
        return i;
      }
    }
    return -1;
  }
}
