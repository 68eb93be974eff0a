package org.tunic.index.web;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.TorrentIndex;
import org.tunic.index.account.Challenges;
import org.tunic.index.account.FormTokens;
import org.tunic.index.account.Passwords;
import org.tunic.index.account.Quota;
import org.tunic.index.account.Sessions;
import org.tunic.index.store.Account;
import org.tunic.index.store.Role;

/**
 * Signing in and out, new accounts and other passwords.
 *
 * <p>Threads: any.
 */
final class People {
  private static final String LOGIN = "login";
  private static final String REGISTER = "register";
  private static final String LOGOUT = "logout";
  private static final String PASSWORD = "password";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{1,22}[a-z0-9]");

  private final TorrentIndex index;
  private final Pages pages;
  private final FormTokens tokens;
  private final Challenges challenges;
  private final Sessions sessions;
  private final Passwords passwords;
  private final Quota strangers;

  People(
      TorrentIndex index,
      Pages pages,
      FormTokens tokens,
      Challenges challenges,
      Sessions sessions,
      Passwords passwords,
      Quota strangers) {
    this.index = index;
    this.pages = pages;
    this.tokens = tokens;
    this.challenges = challenges;
    this.sessions = sessions;
    this.passwords = passwords;
    this.strangers = strangers;
  }

  WebResponse loginForm(Visit visit, String error) {
    return pages.login(
        visit,
        tokens.of(visit.cookie(), LOGIN),
        tokens.of(visit.cookie(), REGISTER),
        challenges.next(),
        error);
  }

  private static boolean isLength(String password) {
    return password.length() >= Passwords.MIN_LENGTH && password.length() <= Passwords.MAX_LENGTH;
  }

  WebResponse login(Visit visit) {
    if (!tokens.check(visit.cookie(), LOGIN, visit.field("token"))) {
      return pages.stale(visit, "/login");
    }
    String password = visit.field(PASSWORD);
    Optional<Account> account =
        password.length() > Passwords.MAX_LENGTH
            ? Optional.empty()
            : index.store().account(visit.field("name"));
    // The same work for names that nobody has, which would be known by the time else.
    boolean right =
        account.isPresent()
            ? passwords.matches(password, account.get().salt(), account.get().hash())
            : passwords.matches(
                password.substring(0, Math.min(password.length(), Passwords.MAX_LENGTH)),
                passwords.salt(),
                passwords.salt());
    return right && account.isPresent()
        ? WebResponse.goTo("/").withCookie(sessions.begin(account.get().name()))
        : loginForm(visit, "Name or password is wrong.");
  }

  WebResponse register(Visit visit) throws IOException {
    if (!tokens.check(visit.cookie(), REGISTER, visit.field("token"))) {
      return pages.stale(visit, "/login");
    }
    String name = visit.field("name");
    String password = visit.field(PASSWORD);
    if (!NAME.matcher(name).matches() || !isLength(password)) {
      return loginForm(visit, "The name or the password has not the form that is asked for.");
    }
    if (!challenges.solve(visit.field("challenge"), visit.field("answer"))) {
      return loginForm(visit, "That was not the answer. Here is another question.");
    }
    if (index.store().account(name).isPresent()) {
      return loginForm(visit, "Somebody has that name.");
    }
    if (!strangers.take("")) {
      return loginForm(visit, "There were too many new accounts within the hour.");
    }
    Bytes salt = passwords.salt();
    boolean made =
        index
            .store()
            .make(new Account(name, Role.USER, salt, passwords.hash(password, salt), index.now()));
    return made
        ? WebResponse.goTo("/").withCookie(sessions.begin(name))
        : loginForm(visit, "Somebody has that name, or there is no room for more accounts.");
  }

  WebResponse accountForm(Visit visit, String error) {
    if (visit.account().isEmpty()) {
      return WebResponse.goTo("/login");
    }
    return pages.account(
        visit,
        visit.account().get().role().name().toLowerCase(Locale.ROOT),
        tokens.of(visit.cookie(), PASSWORD),
        tokens.of(visit.cookie(), LOGOUT),
        error);
  }

  WebResponse logout(Visit visit) {
    if (!tokens.check(visit.cookie(), LOGOUT, visit.field("token"))) {
      return pages.stale(visit, "/account");
    }
    sessions.end(visit.cookie());
    return WebResponse.goTo("/").withCookie(sessions.cookie());
  }

  WebResponse changePassword(Visit visit) throws IOException {
    if (visit.account().isEmpty()
        || !tokens.check(visit.cookie(), PASSWORD, visit.field("token"))) {
      return pages.stale(visit, "/account");
    }
    Account account = visit.account().get();
    String old = visit.field("old");
    String password = visit.field(PASSWORD);
    if (!isLength(password)) {
      return accountForm(visit, "The new password is too short or too long.");
    }
    if (old.length() > Passwords.MAX_LENGTH
        || !passwords.matches(old, account.salt(), account.hash())) {
      return accountForm(visit, "The password of now is wrong.");
    }
    Bytes salt = passwords.salt();
    index.store().change(account.with(salt, passwords.hash(password, salt)));
    sessions.endAll(account.name());
    return WebResponse.goTo("/account").withCookie(sessions.begin(account.name()));
  }
}
