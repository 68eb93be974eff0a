package org.tunic.tracker.bencode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Items;
import org.tunic.tracker.bencode.BencodeValue.Text;

/**
 * Writes bencoding, one part after the other. Who writes a dictionary brings its keys in order.
 *
 * <p>Spec: BEP 3. Threads: one.
 */
public final class BencodeWriter {
  private byte[] out;
  private int length;

  /**
   * @param expected bytes to have room for; more are made as needed
   */
  public BencodeWriter(int expected) {
    this.out = new byte[Math.max(16, expected)];
  }

  /** Begins a dictionary. */
  public BencodeWriter dictionary() {
    return raw('d');
  }

  /** Begins a list. */
  public BencodeWriter list() {
    return raw('l');
  }

  /** Ends the list or dictionary that was begun last. */
  public BencodeWriter end() {
    return raw('e');
  }

  /** An integer. */
  public BencodeWriter integer(long value) {
    raw('i');
    decimal(value);
    return raw('e');
  }

  /** A string of ASCII characters, such as a key. */
  public BencodeWriter text(String ascii) {
    int count = ascii.length();
    decimal(count);
    raw(':');
    room(count);
    for (int i = 0; i < count; i++) {
      out[length++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  /** A string of bytes. */
  public BencodeWriter text(byte[] bytes) {
    return text(bytes, 0, bytes.length);
  }

  /** A string of {@code count} bytes of {@code bytes} from {@code from}. */
  public BencodeWriter text(byte[] bytes, int from, int count) {
    decimal(count);
    raw(':');
    room(count);
    System.arraycopy(bytes, from, out, length, count);
    length += count;
    return this;
  }

  /** A value that is bencoded already, byte for byte. */
  public BencodeWriter encoded(Bytes value) {
    room(value.length());
    value.copyTo(out, length);
    length += value.length();
    return this;
  }

  /** Any value, as it was read. */
  public BencodeWriter value(BencodeValue value) {
    switch (value) {
      case Int number -> integer(number.value());
      case Text text -> text(text.value().toArray());
      case Items items -> {
        list();
        items.values().forEach(this::value);
        end();
      }
      case Dict dict -> {
        dictionary();
        dict.entries()
            .forEach(
                (Bytes key, BencodeValue entry) -> {
                  text(key.toArray());
                  value(entry);
                });
        end();
      }
    }
    return this;
  }

  private BencodeWriter raw(char single) {
    room(1);
    out[length++] = (byte) single;
    return this;
  }

  private void decimal(long value) {
    if (value >= 0 && value < 10) {
      raw((char) ('0' + value));
      return;
    }
    if (value > 0 && value < 1_000_000_000) {
      small((int) value);
      return;
    }
    byte[] digits = Long.toString(value).getBytes(StandardCharsets.ISO_8859_1);
    room(digits.length);
    System.arraycopy(digits, 0, out, length, digits.length);
    length += digits.length;
  }

  private void small(int value) {
    int digits = 1;
    for (int rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    room(digits);
    int at = length + digits;
    for (int rest = value; at > length; rest /= 10) {
      out[--at] = (byte) ('0' + rest % 10);
    }
    length += digits;
  }

  private void room(int more) {
    if (out.length - length < more) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, Math.addExact(length, more)));
    }
  }

  /** Bytes written so far. */
  public int length() {
    return length;
  }

  /** The array that is written to, valid up to {@link #length}. Not to be written on after this. */
  public byte[] array() {
    return out;
  }

  /** A copy of what was written. */
  public byte[] toArray() {
    return Arrays.copyOf(out, length);
  }
}
