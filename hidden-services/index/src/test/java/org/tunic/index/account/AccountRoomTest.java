package org.tunic.index.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.account.Challenges.Challenge;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/** Sessions, tokens, challenges and quotas, at their bounds and past their time. */
class AccountRoomTest {
  private static final int ZERO_BITS = 10;
  private static final int MAX_SPENT = 500;

  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SeededRandom random = new SeededRandom(3);

  @Test
  void sessions_aboveTheBound_endTheOneUnusedForLongest() {
    Sessions sessions = new Sessions(random, clock);
    String first = sessions.begin("a");
    String second = sessions.begin("b");
    for (int i = 2; i < Sessions.MAX_SESSIONS; i++) {
      sessions.begin("c");
    }
    assertEquals(Optional.of("a"), sessions.account(first));
    sessions.begin("d");
    assertEquals(Sessions.MAX_SESSIONS, sessions.size());
    assertEquals(Optional.empty(), sessions.account(second));
    assertEquals(Optional.of("a"), sessions.account(first));
    clock.advance(Duration.ofSeconds(Sessions.IDLE_SECONDS + 1));
    assertEquals(Optional.empty(), sessions.account(first));
  }

  @Test
  void token_isOfOneCookieActionAndTime() {
    FormTokens tokens = new FormTokens(random, clock);
    String token = tokens.of("cookie", "upload");
    assertTrue(tokens.check("cookie", "upload", token));
    assertFalse(tokens.check("other", "upload", token));
    assertFalse(tokens.check("cookie", "login", token));
    assertFalse(tokens.check("", "upload", tokens.of("", "upload")));
    for (String bad : new String[] {"", ".", "x.y", token + "a", "1" + token}) {
      assertFalse(tokens.check("cookie", "upload", bad), bad);
    }
    clock.advance(Duration.ofSeconds(FormTokens.VALID_SECONDS));
    assertTrue(tokens.check("cookie", "upload", token));
    clock.advance(Duration.ofSeconds(1));
    assertFalse(tokens.check("cookie", "upload", token));
    assertFalse(new FormTokens(random, clock).check("cookie", "upload", token));
  }

  private static String work(Challenge challenge) {
    long nonce = 0;
    while (Challenges.zeroBits(challenge.token() + ":" + nonce) < ZERO_BITS) {
      nonce++;
    }
    return "work:" + nonce;
  }

  @Test
  void challenge_isSolvedOnce_inTime_byItsOwnWork() {
    Challenges challenges = new Challenges(random, clock, ZERO_BITS, MAX_SPENT);
    Challenge one = challenges.next();
    String work = work(one);
    assertFalse(challenges.solve(challenges.next().token(), work));
    assertTrue(challenges.solve(one.token(), work));
    assertFalse(challenges.solve(one.token(), work));
    Challenge late = challenges.next();
    String lateWork = work(late);
    clock.advance(Duration.ofSeconds(Challenges.VALID_SECONDS + 1));
    assertFalse(challenges.solve(late.token(), lateWork));
    assertFalse(challenges.solve("", ""));
    assertFalse(challenges.solve("1.2.3", "abc"));
  }

  @Test
  void challenges_haveManyAnswers_thatTheTokenDoesNotTell() {
    Challenges challenges = new Challenges(random, clock, ZERO_BITS, MAX_SPENT);
    Set<String> questions = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      questions.add(challenges.next().question());
    }
    assertTrue(questions.size() > 300, questions.size() + " questions");
  }

  @Test
  void challenges_moreSpentThanRemembered_areRefusedUntilTheyAreOld() {
    Challenges challenges = new Challenges(random, clock, ZERO_BITS, MAX_SPENT);
    for (int i = 0; i < MAX_SPENT; i++) {
      challenges.solve(challenges.next().token(), "wrong");
    }
    Challenge one = challenges.next();
    String work = work(one);
    assertFalse(challenges.solve(one.token(), work));
    clock.advance(Duration.ofSeconds(Challenges.VALID_SECONDS + 1));
    Challenge other = challenges.next();
    assertTrue(challenges.solve(other.token(), work(other)));
  }

  @Test
  void quota_isPerHourAndPerName() {
    Quota quota = new Quota(clock, 2);
    assertTrue(quota.take("a") && quota.take("a"));
    assertFalse(quota.take("a"));
    assertTrue(quota.take("b"));
    clock.advance(Duration.ofHours(1));
    assertTrue(quota.take("a"));
  }

  @Test
  void password_matchesItsHashAlone() {
    Passwords passwords = new Passwords(random);
    Bytes salt = passwords.salt();
    Bytes hash = passwords.hash("correct horse battery", salt);
    assertTrue(passwords.matches("correct horse battery", salt, hash));
    assertFalse(passwords.matches("correct horse batterz", salt, hash));
    assertFalse(passwords.matches("correct horse battery", passwords.salt(), hash));
  }
}
