package org.tunic.tracker.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.testing.ManualClock;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.RequestException;

/** Who is a member, until when, and what it has moved. */
class AccountsTest {
  private static final String ALICE = "a".repeat(32);
  private static final String BOB = "B".repeat(32);

  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private Accounts accounts = new Accounts(clock, 2);

  @TempDir Path folder;

  private AccountList list(String text) throws IOException {
    return AccountList.load(Files.writeString(folder.resolve("list"), text));
  }

  private Account member(String passkey) {
    return assertInstanceOf(Admission.Member.class, accounts.admit(passkey)).account();
  }

  private void says(String passkey, int peer, long up, long down, String event)
      throws RequestException {
    accounts.count(
        member(passkey),
        AnnounceRequest.parse(
            "info_hash=aaaaaaaaaaaaaaaaaaaa&port=6881&peer_id=peer-id-%04d-bbbbbbb&uploaded=%d&downloaded=%d&event=%s"
                .formatted(peer, up, down, event)));
  }

  @Test
  void everybody_withoutAList_isServed() {
    assertInstanceOf(Admission.Everybody.class, accounts.admit(""));
    assertEquals(0, accounts.size());
  }

  @Test
  void account_onItsLastDay_isServedNoMore() throws IOException {
    accounts.serve(list("alice " + ALICE + " 2026-01-03 # soon\nbob " + BOB + "\n"));
    assertEquals("alice", member(ALICE).name());
    clock.advance(Duration.ofHours(21));
    assertEquals(new Admission.Refused("this passkey has expired"), accounts.admit(ALICE));
    assertEquals("bob", member(BOB).name());
  }

  @Test
  void list_readAgain_decidesAtOnce() throws IOException {
    accounts.serve(list("alice " + ALICE + "\n"));
    accounts.serve(list("bob " + BOB + "\n"));
    assertEquals(new Admission.Refused("unknown passkey"), accounts.admit(ALICE));
    assertEquals("bob", member(BOB).name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alice|a line has a name",
        "alice KEY 2026-01-03 more|a line has a name",
        "al/ice KEY|a name has",
        "alice short|a passkey has",
        "alice KEY 2026-13-01|a day is written",
        "alice KEY~alice " + "cccccccccccccccccccccccccccccccc|there is an account",
        "alice KEY~bob KEY|another account has"
      })
  void list_withSomethingElse_isRefusedWithoutThePasskey(String text, String wrong) {
    IOException refused =
        assertThrows(IOException.class, () -> list(text.replace("KEY", ALICE).replace("~", "\n")));
    assertTrue(refused.getMessage().contains(wrong), refused.getMessage());
    assertTrue(!refused.getMessage().contains(ALICE));
  }

  @Test
  void totals_areDifferencesOfWhatAPeerSays() throws Exception {
    accounts.serve(list("alice " + ALICE + "\nbob " + BOB + "\n"));
    says(ALICE, 1, 500, 0, "started");
    assertEquals(Totals.NONE, accounts.of("alice"), "what was before is not ours to count");
    says(ALICE, 1, 700, 30, "");
    says(ALICE, 1, 700, 40, "completed");
    says(ALICE, 1, 10, 40, "");
    assertEquals(new Totals(200, 40, 1), accounts.of("alice"), "a client that begins anew");
    says(ALICE, 1, 15, 40, "stopped");
    says(ALICE, 1, 900, 900, "");
    assertEquals(new Totals(205, 40, 1), accounts.of("alice"));
    says(BOB, 1, 2000, 2000, "");
    assertEquals(Totals.NONE, accounts.of("bob"), "another account's peer");
    says(BOB, 1, Long.MAX_VALUE, 2000, "");
    says(BOB, 1, 0, 2000, "");
    says(BOB, 1, Long.MAX_VALUE, 2000, "");
    assertEquals(Long.MAX_VALUE, accounts.of("bob").uploaded(), "the sum does not overflow");
  }

  @Test
  void peers_beyondTheBound_areNotCounted() throws Exception {
    accounts.serve(list("alice " + ALICE + "\n"));
    for (int peer = 1; peer <= 3; peer++) {
      says(ALICE, peer, 0, 0, "started");
      says(ALICE, peer, 10, 0, "");
    }
    assertEquals(20, accounts.of("alice").uploaded());
    clock.advance(Duration.ofHours(1));
    accounts.expire(Duration.ofMinutes(45));
    says(ALICE, 3, 20, 0, "");
    says(ALICE, 3, 25, 0, "");
    assertEquals(25, accounts.of("alice").uploaded(), "room again");
  }

  @Test
  void totals_writtenAndRead_areTheSame() throws Exception {
    Path file = folder.resolve("totals");
    accounts.restore(file);
    accounts.serve(list("alice " + ALICE + "\n"));
    says(ALICE, 1, 0, 0, "started");
    says(ALICE, 1, 10, 20, "completed");
    accounts.save(file);
    assertEquals("alice 10 20 1\n", Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    accounts = new Accounts(clock);
    accounts.restore(file);
    assertEquals(new Totals(10, 20, 1), accounts.of("alice"));
    Files.writeString(file, "alice 10 20\n");
    assertTrue(
        assertThrows(IOException.class, () -> accounts.restore(file))
            .getMessage()
            .contains("totals:1:"));
  }
}
