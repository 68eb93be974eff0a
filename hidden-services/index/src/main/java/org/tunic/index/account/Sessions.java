package org.tunic.index.account;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who signed in, by the cookie that only their browser has. In memory: whoever restarts the process
 * signs everybody out.
 *
 * <p>Bound: {@link #MAX_SESSIONS}; one more ends the one that was not used for longest.
 *
 * <p>Threads: guarded by this.
 */
public final class Sessions {
  /** Sessions at a time. */
  public static final int MAX_SESSIONS = 10_000;

  /** After how long without a request one ends. */
  public static final long IDLE_SECONDS = 24 * 3600;

  private static final int COOKIE_BYTES = 18;

  /** Characters of a cookie. */
  public static final int COOKIE_LENGTH = COOKIE_BYTES * 4 / 3;

  private record Session(String account, long usedSeconds) {}

  private final SecureRandom random;
  private final InstantSource clock;
  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param random for cookies
   */
  public Sessions(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  /** A cookie that nobody has. */
  public String cookie() {
    byte[] bytes = new byte[COOKIE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  /** Begins a session under a cookie of its own: the one of before may be known to others. */
  public synchronized String begin(String account) {
    if (sessions.size() >= MAX_SESSIONS) {
      sessions.remove(sessions.keySet().iterator().next());
    }
    String cookie = cookie();
    sessions.put(cookie, new Session(account, now()));
    return cookie;
  }

  /** The account that signed in with this cookie. */
  public synchronized Optional<String> account(String cookie) {
    Session session = sessions.get(cookie);
    if (session == null) {
      return Optional.empty();
    }
    if (now() - session.usedSeconds > IDLE_SECONDS) {
      sessions.remove(cookie);
      return Optional.empty();
    }
    sessions.put(cookie, new Session(session.account, now()));
    return Optional.of(session.account);
  }

  /** Ends a session. */
  public synchronized void end(String cookie) {
    sessions.remove(cookie);
  }

  /** Ends all sessions of an account, as after another password. */
  public synchronized void endAll(String account) {
    sessions.values().removeIf(session -> session.account.equals(account));
  }

  /** Sessions at this time. */
  public synchronized int size() {
    return sessions.size();
  }
}
