package org.tunic.directory.protover;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * A version of C tor, such as {@code 0.4.9.11} or {@code Tor 0.4.8.0-alpha-dev (git-1234abcd)},
 * with C tor's order over versions: numbers, then pre-release before candidate before release, then
 * the tag as text.
 *
 * <p>Authorities order versions by it when they vote, and refuse relays by it.
 *
 * <p>Spec: version-spec. Threads: immutable.
 */
public record TorVersion(
    int major,
    int minor,
    int micro,
    Status status,
    int patchLevel,
    String tag,
    int revision,
    Bytes gitTag)
    implements Comparable<TorVersion> {
  /** Longest tag that counts, in characters. */
  private static final int MAX_TAG_LENGTH = 31;

  /** What stands between micro and patch level. */
  public enum Status {
    PRE,
    CANDIDATE,
    RELEASE
  }

  private static final Comparator<TorVersion> ORDER =
      Comparator.comparingInt(TorVersion::major)
          .thenComparingInt(TorVersion::minor)
          .thenComparingInt(TorVersion::micro)
          .thenComparing(TorVersion::status)
          .thenComparingInt(TorVersion::patchLevel)
          .thenComparing(TorVersion::tag)
          .thenComparingInt(TorVersion::revision)
          .thenComparingInt(v -> v.gitTag().length())
          .thenComparing(TorVersion::gitTag);

  /** Orders texts: versions ascending, then what is no version, as text. */
  public static final Comparator<String> TEXT_ORDER = TorVersion::compareTexts;

  /** Reads a version with or without {@code Tor } before it; empty if it is none. */
  public static Optional<TorVersion> parse(String text) {
    return new Reader(text).version();
  }

  /**
   * Reads the version out of a {@code platform} line that begins with {@code Tor }, for example
   * {@code Tor 0.4.9.11 on Linux}. Whoever calls this checks the beginning first.
   */
  public static Optional<TorVersion> ofPlatform(String platform) {
    String rest = platform.substring("Tor ".length()).strip();
    int end = wordEnd(rest, 0);
    int next = end;
    while (next < rest.length() && rest.charAt(next) == ' ') {
      next++;
    }
    if (rest.startsWith("(r", next) || rest.startsWith("(git-", next)) {
      end = wordEnd(rest, next);
    }
    return end == 0 || end > 126 ? Optional.empty() : parse(rest.substring(0, end));
  }

  @Override
  public int compareTo(TorVersion other) {
    return ORDER.compare(this, other);
  }

  private static int compareTexts(String a, String b) {
    Optional<TorVersion> va = parse(a);
    Optional<TorVersion> vb = parse(b);
    if (va.isPresent() && vb.isPresent()) {
      return va.get().compareTo(vb.get());
    }
    if (va.isPresent() != vb.isPresent()) {
      return va.isPresent() ? -1 : 1;
    }
    return a.compareTo(b);
  }

  private static int wordEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
      at++;
    }
    return at;
  }

  /** One pass over a version text. */
  private static final class Reader {
    private final String text;
    private int at;
    private boolean failed;

    Reader(String text) {
      this.text = text;
      this.at = text.toLowerCase(Locale.ROOT).startsWith("tor ") ? 4 : 0;
    }

    Optional<TorVersion> version() {
      int major = number();
      expect('.');
      int minor = number();
      int micro = 0;
      Status status = Status.RELEASE;
      int patchLevel = 0;
      if (!atEnd() && peek() != '-') {
        expect('.');
        micro = number();
        if (!atEnd() && peek() != '-') {
          status = status();
          patchLevel = number();
        }
      }
      if (failed) {
        return Optional.empty();
      }
      if (!atEnd() && (peek() == '-' || peek() == '.')) {
        at++;
      }
      int tagEnd = wordEnd(text, at);
      String tag = text.substring(at, Math.min(tagEnd, at + MAX_TAG_LENGTH));
      String rest = text.substring(tagEnd).strip();
      try {
        return Optional.of(
            new TorVersion(
                major, minor, micro, status, patchLevel, tag, revision(rest), gitTag(rest)));
      } catch (MalformedException e) {
        return Optional.empty();
      }
    }

    private Status status() {
      if (text.startsWith("pre", at)) {
        at += 3;
        return Status.PRE;
      }
      if (text.startsWith("rc", at)) {
        at += 2;
        return Status.CANDIDATE;
      }
      expect('.');
      return Status.RELEASE;
    }

    private static int revision(String rest) {
      int value = 0;
      if (rest.startsWith("(r")) {
        for (int i = 2; i < rest.length() && i < 11 && Character.isDigit(rest.charAt(i)); i++) {
          value = value * 10 + rest.charAt(i) - '0';
        }
      }
      return value;
    }

    private static Bytes gitTag(String rest) throws MalformedException {
      if (!rest.startsWith("(git-")) {
        return Bytes.EMPTY;
      }
      int close = rest.indexOf(')');
      if (close < 6 || close > 45) {
        throw new MalformedException("git tag of a version");
      }
      return Bytes.fromHex(rest.substring(5, close));
    }

    private boolean atEnd() {
      return at >= text.length();
    }

    private char peek() {
      return text.charAt(at);
    }

    private void expect(char c) {
      failed |= atEnd() || peek() != c;
      at++;
    }

    private int number() {
      int start = at;
      long value = 0;
      while (!atEnd() && peek() >= '0' && peek() <= '9' && value <= Integer.MAX_VALUE) {
        value = value * 10 + peek() - '0';
        at++;
      }
      failed |= at == start || value > Integer.MAX_VALUE;
      return (int) value;
    }
  }
}
