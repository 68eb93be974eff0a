package org.tunic.index.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fields of a query string or of a form that was sent as one. A plus sign is a blank; what is no
 * percent-encoding stands for itself. Of several fields of one name the first counts.
 *
 * <p>Bound: {@link #MAX_FIELDS}; further ones are not read.
 *
 * <p>Spec: WHATWG URL, application/x-www-form-urlencoded. Threads: immutable.
 */
public final class Query {
  /** Fields. */
  public static final int MAX_FIELDS = 64;

  /** Without fields. */
  public static final Query EMPTY = new Query(Map.of());

  private final Map<String, String> fields;

  private Query(Map<String, String> fields) {
    this.fields = fields;
  }

  /** Reads what stands behind a question mark. */
  public static Query parse(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length() && fields.size() < MAX_FIELDS) {
      int end = text.indexOf('&', at);
      end = end < 0 ? text.length() : end;
      int equals = text.indexOf('=', at);
      equals = equals < 0 || equals > end ? end : equals;
      if (equals > at) {
        fields.putIfAbsent(
            decode(text.substring(at, equals)),
            decode(text.substring(Math.min(equals + 1, end), end)));
      }
      at = end + 1;
    }
    return new Query(fields);
  }

  /** Of fields that were read otherwise. */
  static Query of(Map<String, String> fields) {
    return new Query(Map.copyOf(fields));
  }

  private static String decode(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < in.length; i++) {
      int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
      if (in[i] == '%' && high >= 0 && low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(in[i] == '+' ? ' ' : in[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** A field; empty if there is none. */
  public String get(String name) {
    return fields.getOrDefault(name, "");
  }

  /** A field, if there is one. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /** A number from 0 up to a bound; what is none is {@code absent}. */
  public int number(String name, int absent, int most) {
    String text = get(name);
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return absent;
    }
    return Math.min(most, Integer.parseInt(text));
  }

  /** Numbers apart by commas; what is none is left out. */
  public List<Integer> numbers(String name, int most) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : get(name).split(",", most + 1)) {
      if (!part.isEmpty()
          && part.length() < 8
          && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        numbers.add(Integer.parseInt(part));
      }
    }
    return numbers;
  }
}
