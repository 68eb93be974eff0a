package org.tunic.index.catalogue;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.store.Entry;

/**
 * The bytes that stand for an entry, at most 1 KiB:
 *
 * <pre>
 * [ 1,                  version
 *   bytes(20) / null,   SHA-1 of the info dictionary
 *   bytes(32) / null,   SHA-256 of it
 *   unsigned,           bytes of all files
 *   text,               name, cut to {@link #MAX_NAME_BYTES} bytes of UTF-8 before a character
 *   unsigned,           when it came, seconds since 1970
 *   unsigned ]          flags: 1 private, 2 several files
 * </pre>
 *
 * <p>as a CBOR array in deterministic form. A name that has characters no UTF-8 can stand for has
 * question marks in their places.
 *
 * <p>Spec: RFC 8949 section 4.2.1. Threads: any, because it has no state.
 */
public final class CatalogueEntry {
  /** Of these bytes. */
  public static final int VERSION = 1;

  /** Of a name. */
  public static final int MAX_NAME_BYTES = 800;

  private static final int ITEMS = 7;
  private static final int CONTINUATION_MASK = 0xc0;
  private static final int CONTINUATION = 0x80;

  private CatalogueEntry() {}

  /** The bytes of an entry. */
  public static Bytes of(Entry entry) {
    return new CborWriter()
        .array(ITEMS)
        .unsigned(VERSION)
        .bytes(entry.v1())
        .bytes(entry.v2())
        .unsigned(entry.length())
        .text(cut(entry.name()))
        .unsigned(entry.addedSeconds())
        .unsigned(entry.flags())
        .toBytes();
  }

  private static String cut(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(utf8.length, MAX_NAME_BYTES);
    while (end < utf8.length && (utf8[end] & CONTINUATION_MASK) == CONTINUATION) {
      end--;
    }
    return new String(utf8, 0, end, StandardCharsets.UTF_8);
  }
}
