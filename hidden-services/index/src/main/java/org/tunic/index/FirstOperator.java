package org.tunic.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.store.AtomicFiles;
import org.tunic.index.account.Passwords;
import org.tunic.index.store.Account;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.Role;

/**
 * The first account of an index, which gives the others their roles. Its password is drawn and left
 * in a file for the operator, mode 0600, who changes it on the site.
 *
 * <p>Spec: none. Threads: any, because it has no state.
 */
public final class FirstOperator {
  /** Name of the account. */
  public static final String NAME = "operator";

  /** Name of the file. */
  public static final String FILE = "operator-password";

  private static final int PASSWORD_BYTES = 18;

  private FirstOperator() {}

  /**
   * Makes the account, unless somebody is an operator already.
   *
   * @param file for the password; written before the account is made
   * @return whether it was made
   */
  public static boolean make(IndexStore store, Path file, InstantSource clock, SecureRandom random)
      throws IOException {
    if (store.accounts().stream().anyMatch(account -> account.role() == Role.OPERATOR)) {
      return false;
    }
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    AtomicFiles.write(file, (password + "\n").getBytes(StandardCharsets.US_ASCII));
    Passwords passwords = new Passwords(random);
    Bytes salt = passwords.salt();
    return store.make(
        new Account(
            NAME,
            Role.OPERATOR,
            salt,
            passwords.hash(password, salt),
            clock.instant().getEpochSecond()));
  }
}
