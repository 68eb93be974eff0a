package org.tunic.tracker.bencode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Items;
import org.tunic.tracker.bencode.BencodeValue.Span;
import org.tunic.tracker.bencode.BencodeValue.Text;

/**
 * Reads bencoding:
 *
 * <pre>
 * string      length in decimal, ":", that many bytes
 * integer     "i", decimal, "e"
 * list        "l", values, "e"
 * dictionary  "d", string and value by turns, "e"
 * </pre>
 *
 * <p>Only the canonical form is read: no leading zeros, no minus zero, keys in the order of their
 * bytes and each once, nothing behind the end. Whatever is read here is written the same by {@link
 * BencodeWriter}.
 *
 * <p>Spec: BEP 3. Threads: one reader by one thread; the methods that are static any.
 */
public final class Bencode {
  /**
   * How much a reader takes.
   *
   * @param depth lists and dictionaries within each other
   * @param values all values together, keys included
   * @param bytes of the whole input
   */
  public record Limits(int depth, int values, int bytes) {
    /** For answers of trackers and messages of peers. */
    public static final Limits SMALL = new Limits(8, 20_000, 1 << 20);
  }

  private final byte[] in;
  private final Limits limits;
  private int at;
  private int values;

  private Bencode(byte[] in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  /**
   * Reads exactly one value.
   *
   * @throws BencodeException if the input is something else, or more than allowed
   */
  public static BencodeValue read(byte[] input, Limits limits) throws BencodeException {
    Bencode reader = new Bencode(input, limits);
    if (input.length > limits.bytes) {
      throw reader.wrong("too long");
    }
    BencodeValue value = reader.value(0);
    if (reader.at < input.length) {
      throw reader.wrong("something follows the end");
    }
    return value;
  }

  private BencodeException wrong(String fixedText) {
    return new BencodeException(fixedText, at);
  }

  private int peek() throws BencodeException {
    if (at >= in.length) {
      throw wrong("ends too early");
    }
    return in[at];
  }

  private BencodeValue value(int depth) throws BencodeException {
    return switch (peek()) {
      case 'i' -> integer();
      case 'l' -> list(depth + 1);
      case 'd' -> dictionary(depth + 1);
      default -> text();
    };
  }

  private void count() throws BencodeException {
    if (++values > limits.values) {
      throw wrong("too many values");
    }
  }

  private Int integer() throws BencodeException {
    count();
    int start = at++;
    boolean negative = peek() == '-';
    if (negative) {
      at++;
      if (peek() == '0') {
        throw wrong("minus zero");
      }
    }
    long value = digits('e', negative);
    return new Int(value, new Span(start, at));
  }

  /** Digits and the byte behind them, which must be {@code end}. */
  private long digits(char end, boolean negative) throws BencodeException {
    int first = at;
    // Negative numbers reach one farther than positive ones.
    long value = 0;
    while (peek() != end) {
      int digit = in[at] - '0';
      if (digit < 0 || digit > 9) {
        throw wrong("no digit");
      }
      if (at > first && in[first] == '0') {
        throw wrong("a leading zero");
      }
      if (value < (Long.MIN_VALUE + digit) / 10) {
        throw wrong("a number of more than 64 bits");
      }
      value = value * 10 - digit;
      at++;
    }
    if (at == first) {
      throw wrong("a number without digits");
    }
    at++;
    if (negative) {
      return value;
    }
    if (value == Long.MIN_VALUE) {
      throw wrong("a number of more than 64 bits");
    }
    return -value;
  }

  private Text text() throws BencodeException {
    count();
    int start = at;
    long length = digits(':', false);
    if (length > in.length - at) {
      throw wrong("a string longer than the input");
    }
    Bytes value = Bytes.copyOf(in, at, (int) length);
    at += (int) length;
    return new Text(value, new Span(start, at));
  }

  private void open(int depth) throws BencodeException {
    count();
    if (depth > limits.depth) {
      throw wrong("too deep");
    }
    at++;
  }

  private Items list(int depth) throws BencodeException {
    int start = at;
    open(depth);
    List<BencodeValue> items = new ArrayList<>();
    while (peek() != 'e') {
      items.add(value(depth));
    }
    at++;
    return new Items(items, new Span(start, at));
  }

  private Dict dictionary(int depth) throws BencodeException {
    int start = at;
    open(depth);
    SortedMap<Bytes, BencodeValue> entries = new TreeMap<>();
    @Nullable Bytes last = null;
    while (peek() != 'e') {
      Bytes key = text().value();
      if (last != null && last.compareTo(key) >= 0) {
        throw wrong("keys out of order");
      }
      last = key;
      entries.put(key, value(depth));
    }
    at++;
    return new Dict(Collections.unmodifiableSortedMap(entries), new Span(start, at));
  }
}
