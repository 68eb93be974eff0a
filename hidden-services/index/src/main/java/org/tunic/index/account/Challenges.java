package org.tunic.index.account;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tunic.crypto.digest.Sha;

/**
 * What stands between a program and a thousand uploads, without a script: a question that a person
 * answers at a glance, or a proof of work that a computer finds in a second or so.
 *
 * <p>A program that is written for this very page answers the question, too; it costs it the work
 * of being written, and each answer a round trip. What bounds a flood is {@code Quota}.
 *
 * <p>The question follows from the token under a key of this process, so nothing is kept for those
 * that are only looked at; a token that was tried once, rightly or not, is spent.
 *
 * <p>Bound: {@link #MAX_SPENT} tokens of the last half hour; when there are more, none is taken
 * until some are too old to be tried again.
 *
 * <p>Threads: any; spent tokens are guarded by this.
 */
public final class Challenges {
  /** For how long one can be solved. */
  public static final long VALID_SECONDS = 1800;

  /** Zero bits of a proof of work: about a million hashes. */
  public static final int ZERO_BITS = 20;

  /** Tokens that are remembered as spent. */
  public static final int MAX_SPENT = 100_000;

  private static final String WORK = "work:";
  private static final int MAX_TOKEN = 80;
  private static final int NONCE_BYTES = 9;
  private static final int MAX_ANSWER = 40;
  private static final int LETTERS = 3;

  private static final List<String> WORDS =
      List.of(
          "harbour",
          "lantern",
          "meadow",
          "compass",
          "orchard",
          "thunder",
          "blanket",
          "journey",
          "kitchen",
          "village",
          "feather",
          "captain",
          "mountain",
          "painter",
          "whistle",
          "garden",
          "silver",
          "window",
          "bridge",
          "station");
  private static final List<String> PLACES =
      List.of("first", "second", "third", "fourth", "fifth", "sixth");

  /**
   * One to solve.
   *
   * @param token to send back
   * @param question for people
   * @param zeroBits for computers
   */
  public record Challenge(String token, String question, int zeroBits) {}

  private final int zeroBits;
  private final int maxSpent;
  private final Mac mac;
  private final SecureRandom random;
  private final InstantSource clock;

  /** Tokens, and when they were spent. */
  private final Map<String, Long> spent = new LinkedHashMap<>();

  /**
   * @param random for tokens and the key
   */
  public Challenges(SecureRandom random, InstantSource clock) {
    this(random, clock, ZERO_BITS, MAX_SPENT);
  }

  /** With less work and a smaller memory, for tests. */
  Challenges(SecureRandom random, InstantSource clock, int zeroBits, int maxSpent) {
    this.zeroBits = zeroBits;
    this.maxSpent = maxSpent;
    this.mac = new Mac(random);
    this.random = random;
    this.clock = clock;
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  /** A fresh one. */
  public Challenge next() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    String text =
        Long.toHexString(now())
            + "."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
    return new Challenge(
        text + "." + mac.textOf("token\n" + text), riddle(text).question, zeroBits);
  }

  private record Riddle(String question, String answer) {}

  private Riddle riddle(String text) {
    ByteBuffer dice = ByteBuffer.wrap(mac.of("riddle\n" + text));
    String word = WORDS.get(Byte.toUnsignedInt(dice.get()) % WORDS.size());
    StringBuilder question = new StringBuilder("Of the word \u201c" + word + "\u201d, write the ");
    StringBuilder answer = new StringBuilder();
    for (int i = 0; i < LETTERS; i++) {
      int place = Byte.toUnsignedInt(dice.get()) % PLACES.size();
      question.append(i == 0 ? "" : i == LETTERS - 1 ? " and the " : ", the ");
      question.append(PLACES.get(place));
      answer.append(word.charAt(place));
    }
    return new Riddle(question + " letter, without blanks.", answer.toString());
  }

  /** Whether a challenge was solved. It is spent either way. */
  public boolean solve(String token, String answer) {
    int dot = token.lastIndexOf('.');
    if (dot < 1
        || token.length() > MAX_TOKEN
        || answer.length() > MAX_ANSWER
        || !mac.matches("token\n" + token.substring(0, dot), token.substring(dot + 1))) {
      return false;
    }
    String text = token.substring(0, dot);
    long made = Long.parseLong(text.substring(0, text.indexOf('.')), 16);
    if (now() - made > VALID_SECONDS || !spend(token)) {
      return false;
    }
    String said = answer.strip().toLowerCase(Locale.ROOT);
    return said.startsWith(WORK)
        ? zeroBits(token + ":" + said.substring(WORK.length())) >= zeroBits
        : said.equals(riddle(text).answer);
  }

  /** The oldest stand first: a time of spending is never before the one in front of it. */
  private synchronized boolean spend(String token) {
    long oldest = now() - VALID_SECONDS;
    var entries = spent.values().iterator();
    while (entries.hasNext() && entries.next() < oldest) {
      entries.remove();
    }
    return spent.size() < maxSpent && spent.putIfAbsent(token, now()) == null;
  }

  /** Zero bits that SHA-256 of a text begins with, of the first 32. */
  static int zeroBits(String text) {
    byte[] hash = Sha.sha256(text.getBytes(StandardCharsets.UTF_8));
    return Integer.numberOfLeadingZeros(ByteBuffer.wrap(hash).getInt());
  }
}
