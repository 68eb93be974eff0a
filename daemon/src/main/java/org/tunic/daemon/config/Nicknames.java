package org.tunic.daemon.config;

/** Relay nicknames and fingerprints as C tor spells them. Threads: any, because it has no state. */
final class Nicknames {
  /** Longest nickname, characters. */
  static final int MAX_LENGTH = 19;

  /** A fingerprint in hexadecimal digits. */
  static final int FINGERPRINT_DIGITS = 40;

  private Nicknames() {}

  /** 1 to 19 letters and digits. */
  static boolean isNickname(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(Nicknames::isLetterOrDigit);
  }

  /** 40 hexadecimal digits, with or without {@code $}. */
  static boolean isFingerprint(String text) {
    String digits = text.startsWith("$") ? text.substring(1) : text;
    return digits.length() == FINGERPRINT_DIGITS
        && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
  }

  /** {@code $FINGERPRINT}, alone or followed by {@code =NICKNAME} or {@code ~NICKNAME}. */
  static boolean isFingerprintWithNickname(String text) {
    int end = text.startsWith("$") ? FINGERPRINT_DIGITS + 1 : FINGERPRINT_DIGITS;
    if (text.length() <= end) {
      return isFingerprint(text);
    }
    char separator = text.charAt(end);
    return isFingerprint(text.substring(0, end))
        && (separator == '=' || separator == '~')
        && isNickname(text.substring(end + 1));
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
