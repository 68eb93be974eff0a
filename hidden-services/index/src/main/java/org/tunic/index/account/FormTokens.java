package org.tunic.index.account;

import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The hidden field that shows a form came from a page of ours, in the browser that got it: a time
 * and a tag over cookie, action and time. Another site that sends a visitor's browser here does not
 * know the cookie.
 *
 * <p>Spec: none. Threads: any.
 */
public final class FormTokens {
  /** For how long a form may be filled in. */
  public static final long VALID_SECONDS = 4 * 3600;

  private static final int MAX_LENGTH = 64;

  private final Mac mac;
  private final InstantSource clock;

  /**
   * @param random for the key
   */
  public FormTokens(SecureRandom random, InstantSource clock) {
    this.mac = new Mac(random);
    this.clock = clock;
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private static String bound(String cookie, String action, long seconds) {
    return action + "\n" + cookie + "\n" + seconds;
  }

  /**
   * A token.
   *
   * @param cookie of the browser
   * @param action what the form does, and about what
   */
  public String of(String cookie, String action) {
    long now = now();
    return Long.toHexString(now) + "." + mac.textOf(bound(cookie, action, now));
  }

  /** Whether a token is of this cookie and action, and not too old. */
  public boolean check(String cookie, String action, String token) {
    int dot = token.indexOf('.');
    if (cookie.isEmpty() || dot < 1 || token.length() > MAX_LENGTH) {
      return false;
    }
    long made;
    try {
      made = Long.parseLong(token.substring(0, dot), 16);
    } catch (NumberFormatException e) {
      return false;
    }
    return mac.matches(bound(cookie, action, made), token.substring(dot + 1))
        && made <= now()
        && now() - made <= VALID_SECONDS;
  }
}
