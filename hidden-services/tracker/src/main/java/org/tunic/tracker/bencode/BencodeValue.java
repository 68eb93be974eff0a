package org.tunic.tracker.bencode;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.tunic.crypto.bytes.Bytes;

/**
 * A value that was read.
 *
 * <p>Spec: BEP 3. Threads: immutable.
 */
public sealed interface BencodeValue {
  /** The bytes it was read from. */
  Span span();

  /**
   * A range of the input.
   *
   * @param start first byte
   * @param end byte behind the last
   */
  record Span(int start, int end) {}

  /** An integer of at most 64 bits. */
  record Int(long value, Span span) implements BencodeValue {}

  /** A string of bytes. */
  record Text(Bytes value, Span span) implements BencodeValue {}

  /** A list. */
  record Items(List<BencodeValue> values, Span span) implements BencodeValue {
    /** Copies the list. */
    public Items {
      values = List.copyOf(values);
    }
  }

  /** A dictionary; the order of its keys is that of their bytes. */
  record Dict(SortedMap<Bytes, BencodeValue> entries, Span span) implements BencodeValue {
    /** The value under a key of ASCII characters. */
    public Optional<BencodeValue> get(String key) {
      return Optional.ofNullable(
          entries.get(Bytes.copyOf(key.getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
    }
  }
}
