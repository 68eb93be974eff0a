package org.tunic.ledger.address;

import java.util.Locale;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * A prefix and groups of five bits with a checksum that finds up to four wrong characters.
 *
 * <p>Spec: BIP 173, BIP 350
 *
 * <p>Threads: immutable.
 *
 * @param prefix the human-readable part, lower case
 * @param groups of five bits each, without the checksum
 */
public record Bech32(Variant variant, String prefix, Bytes groups) {
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int CHECKSUM = 6;
  private static final int MAX_CHARACTERS = 90;
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };

  /** Which constant the checksum ends in. */
  public enum Variant {
    /** For witness version 0. */
    BECH32(1),
    /** For later versions. */
    BECH32M(0x2bc830a3);

    private final int constant;

    Variant(int constant) {
      this.constant = constant;
    }
  }

  /**
   * Reads a whole string, all lower or all upper case.
   *
   * @throws MalformedException if it is not well formed or the checksum is neither variant's
   */
  public static Bech32 decode(String text) throws MalformedException {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!text.equals(lower) && !text.equals(text.toUpperCase(Locale.ROOT))) {
      throw new MalformedException("bech32 of mixed case");
    }
    int separator = lower.lastIndexOf('1');
    if (text.length() > MAX_CHARACTERS
        || separator < 1
        || separator + 1 + CHECKSUM > lower.length()) {
      throw new MalformedException("not the form of bech32");
    }
    String prefix = lower.substring(0, separator);
    for (int i = 0; i < prefix.length(); i++) {
      if (prefix.charAt(i) < 33 || prefix.charAt(i) > 126) {
        throw new MalformedException("bech32 prefix");
      }
    }
    byte[] groups = new byte[lower.length() - separator - 1];
    for (int i = 0; i < groups.length; i++) {
      int value = ALPHABET.indexOf(lower.charAt(separator + 1 + i));
      if (value < 0) {
        throw new MalformedException("not a bech32 digit");
      }
      groups[i] = (byte) value;
    }
    int sum = checksum(prefix, groups);
    for (Variant variant : Variant.values()) {
      if (sum == variant.constant) {
        return new Bech32(variant, prefix, Bytes.copyOf(groups, 0, groups.length - CHECKSUM));
      }
    }
    throw new MalformedException("wrong checksum");
  }

  /** The string, in lower case. */
  public String encode() {
    byte[] all = new byte[groups.length() + CHECKSUM];
    groups.copyTo(all, 0);
    int sum = checksum(prefix, all) ^ variant.constant;
    for (int i = 0; i < CHECKSUM; i++) {
      all[groups.length() + i] = (byte) (sum >>> (5 * (CHECKSUM - 1 - i)) & 31);
    }
    StringBuilder text = new StringBuilder(prefix).append('1');
    for (byte group : all) {
      text.append(ALPHABET.charAt(group));
    }
    return text.toString();
  }

  private static int checksum(String prefix, byte[] groups) {
    int sum = 1;
    for (int i = 0; i < prefix.length(); i++) {
      sum = step(sum) ^ prefix.charAt(i) >>> 5;
    }
    sum = step(sum);
    for (int i = 0; i < prefix.length(); i++) {
      sum = step(sum) ^ (prefix.charAt(i) & 31);
    }
    for (byte group : groups) {
      sum = step(sum) ^ group;
    }
    return sum;
  }

  private static int step(int sum) {
    int top = sum >>> 25;
    int next = (sum & 0x1ffffff) << 5;
    for (int i = 0; i < GENERATOR.length; i++) {
      next ^= (top >>> i & 1) * GENERATOR[i];
    }
    return next;
  }

  /** Bytes as groups of five bits, filled with zero bits. */
  static byte[] toGroups(byte[] bytes) {
    byte[] groups = new byte[(bytes.length * 8 + 4) / 5];
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      int value = bytes[bit / 8] >>> (7 - bit % 8) & 1;
      groups[bit / 5] |= (byte) (value << (4 - bit % 5));
    }
    return groups;
  }

  /** Groups of five bits from {@code from} as bytes. */
  static byte[] toBytes(Bytes groups, int from) throws MalformedException {
    int bits = (groups.length() - from) * 5;
    byte[] bytes = new byte[bits / 8];
    for (int bit = 0; bit < bits; bit++) {
      int value = groups.at(from + bit / 5) >>> (4 - bit % 5) & 1;
      if (bit < bytes.length * 8) {
        bytes[bit / 8] |= (byte) (value << (7 - bit % 8));
      } else if (value != 0 || bits % 8 >= 5) {
        throw new MalformedException("bech32 is filled with something");
      }
    }
    return bytes;
  }
}
