package org.tunic.crypto.hs;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.Ed25519KeySearch;
import org.tunic.crypto.key.Ed25519Keypair;

/**
 * The beginning that someone wants an onion address to have, and the search for such an address.
 *
 * <p>A prefix of n characters takes 32^n keys on average, and as likely as not more than 0.69 times
 * that. Whoever can afford one more character can have an address that looks the same at a glance:
 * a prefix is no protection against imitation.
 *
 * <p>Spec: rend-spec/encoding-onion-addresses
 *
 * <p>Threads: immutable.
 *
 * @param characters 1 to 12 of base32, lower case
 */
public record VanityPrefix(String characters) {
  /** Longest prefix that can be searched for; far more than can be found. */
  public static final int MAX_LENGTH = 12;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BITS = 5;

  /**
   * Checks length and characters.
   *
   * @throws IllegalArgumentException if they are not as said; {@link #parse} tells it politely
   */
  public VanityPrefix {
    if (characters.isEmpty()
        || characters.length() > MAX_LENGTH
        || !characters.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)) {
      throw new IllegalArgumentException("not the beginning of an onion address");
    }
  }

  /**
   * Reads a prefix of either case.
   *
   * @throws MalformedException if no address begins like this: letters and 2 to 7 only
   */
  public static VanityPrefix parse(String text) throws MalformedException {
    try {
      return new VanityPrefix(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("no onion address begins like this");
    }
  }

  /** Keys that must be tried on average. */
  public double expectedKeys() {
    return Math.pow(1 << BITS, characters.length());
  }

  /** Whether {@code id} begins so. */
  public boolean matches(HsId id) {
    return id.unredacted().startsWith(characters);
  }

  /**
   * Searches on {@code threads} threads of its own, until the first finds a key.
   *
   * @param tried counts the keys, for whoever shows progress
   * @return the key, for the caller to close
   * @throws InterruptedException if the caller is interrupted; then the threads end, too
   */
  public HsIdKeypair find(int threads, SecureRandom random, LongAdder tried)
      throws InterruptedException {
    CompletableFuture<Ed25519Keypair> found = new CompletableFuture<>();
    Thread[] workers = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      workers[i] =
          Thread.ofPlatform()
              .name("vanity-" + i)
              .daemon()
              .start(() -> searchInto(found, random, tried));
    }
    try {
      return HsIdKeypair.of(found.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("the search broke down", e);
    } finally {
      for (Thread worker : workers) {
        worker.interrupt();
      }
    }
  }

  private void searchInto(
      CompletableFuture<Ed25519Keypair> found, SecureRandom random, LongAdder tried) {
    try {
      Optional<Ed25519Keypair> keys =
          new Ed25519KeySearch(pattern(), BITS * characters.length(), random).search(tried::add);
      keys.ifPresent(
          k -> {
            if (!found.complete(k)) {
              k.close();
            }
          });
    } catch (RuntimeException | Error e) {
      found.completeExceptionally(e);
    }
  }

  /** The bits of the prefix from the highest of 64 on. */
  private long pattern() {
    long pattern = 0;
    for (int i = 0; i < characters.length(); i++) {
      pattern |= (long) ALPHABET.indexOf(characters.charAt(i)) << (Long.SIZE - BITS * (i + 1));
    }
    return pattern;
  }
}
