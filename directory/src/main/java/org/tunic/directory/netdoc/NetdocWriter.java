package org.tunic.directory.netdoc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Builds a document: lines, armoured objects, and the text so far for the digests that its
 * signatures cover.
 *
 * <p>Spec: dir-spec/netdoc. Threads: one caller.
 */
public final class NetdocWriter {
  /** Characters in a full line of an armoured object. */
  private static final int ARMOUR_WIDTH = 64;

  private final StringBuilder text = new StringBuilder(2048);

  /** Appends {@code keyword arg arg…} and a newline. */
  public NetdocWriter item(String keyword, Object... args) {
    text.append(keyword);
    for (Object arg : args) {
      text.append(' ').append(arg);
    }
    text.append('\n');
    return this;
  }

  /** Appends text as it is; one character stands for one byte. */
  public NetdocWriter raw(String latin1) {
    text.append(latin1);
    return this;
  }

  /** Appends an object of this type: base64 in lines of 64 characters between its labels. */
  public NetdocWriter object(String type, byte[] body) {
    text.append("-----BEGIN ").append(type).append("-----\n");
    String base64 = Base64.getEncoder().encodeToString(body);
    for (int i = 0; i < base64.length(); i += ARMOUR_WIDTH) {
      text.append(base64, i, Math.min(base64.length(), i + ARMOUR_WIDTH)).append('\n');
    }
    text.append("-----END ").append(type).append("-----\n");
    return this;
  }

  /** What was written so far. */
  public NetdocText text() {
    return NetdocText.of(text.toString());
  }

  /** What was written so far, as a string of one character per byte. */
  public String latin1() {
    return text.toString();
  }

  /** A string as documents hold it: its UTF-8 bytes, one character each. */
  public static String utf8(String s) {
    return new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
