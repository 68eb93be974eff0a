package org.tunic.tracker.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;

/**
 * Accounts by their passkeys, as a file says them: on each line a name, a passkey of 32 letters and
 * digits, and, if the account ends, the first day it is served no more, such as {@code 2027-01-31}
 * (in UTC). What follows a number sign is not read.
 *
 * <p>Of the passkeys only SHA-256 is kept: a look-up by it takes a time that says nothing about any
 * of them.
 *
 * <p>Threads: immutable.
 */
public final class AccountList {
  /** Characters of a passkey. */
  public static final int PASSKEY_LENGTH = 32;

  /** Accounts of one list. */
  public static final int MAX_ACCOUNTS = 100_000;

  private static final int MAX_NAME = 64;

  private final Map<Bytes, Account> byPasskey;

  private AccountList(Map<Bytes, Account> byPasskey) {
    this.byPasskey = byPasskey;
  }

  /**
   * Reads a list.
   *
   * @throws IOException if the file cannot be read or says something else; its message names file
   *     and line, and no passkey
   */
  public static AccountList load(Path file) throws IOException {
    Map<Bytes, Account> accounts = new HashMap<>();
    Set<String> names = new HashSet<>();
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        int comment = line.indexOf('#');
        String text = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (text.isEmpty()) {
          continue;
        }
        if (accounts.size() == MAX_ACCOUNTS) {
          throw new IOException(file + " has more than " + MAX_ACCOUNTS + " accounts");
        }
        String wrong = add(text.split("\\s+"), accounts, names);
        if (!wrong.isEmpty()) {
          throw new IOException(file + ":" + number + ": " + wrong);
        }
      }
    }
    return new AccountList(Map.copyOf(accounts));
  }

  /** Returns what is wrong with a line. */
  private static String add(String[] words, Map<Bytes, Account> accounts, Set<String> names) {
    if (words.length < 2 || words.length > 3) {
      return "a line has a name, a passkey and perhaps a day";
    }
    if (words[0].length() > MAX_NAME || !words[0].chars().allMatch(AccountList::isOfName)) {
      return "a name has 1 to " + MAX_NAME + " letters, digits, dots, hyphens and underscores";
    }
    if (!isPasskey(words[1])) {
      return "a passkey has " + PASSKEY_LENGTH + " letters and digits";
    }
    Optional<Instant> expires = Optional.empty();
    if (words.length == 3) {
      try {
        expires = Optional.of(LocalDate.parse(words[2]).atStartOfDay(ZoneOffset.UTC).toInstant());
      } catch (DateTimeException e) {
        return "a day is written as 2027-01-31";
      }
    }
    if (!names.add(words[0])) {
      return "there is an account of this name above";
    }
    return accounts.put(hash(words[1]), new Account(words[0], expires)) == null
        ? ""
        : "another account has the same passkey";
  }

  private static boolean isOfName(int c) {
    return isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Whether a part of a path may be a passkey. */
  public static boolean isPasskey(String text) {
    return text.length() == PASSKEY_LENGTH && text.chars().allMatch(AccountList::isLetterOrDigit);
  }

  private static Bytes hash(String passkey) {
    return Bytes.copyOf(Sha.sha256(passkey.getBytes(StandardCharsets.US_ASCII)));
  }

  Optional<Account> of(String passkey) {
    return isPasskey(passkey)
        ? Optional.ofNullable(byPasskey.get(hash(passkey)))
        : Optional.empty();
  }

  /** How many there are. */
  public int size() {
    return byPasskey.size();
  }
}
