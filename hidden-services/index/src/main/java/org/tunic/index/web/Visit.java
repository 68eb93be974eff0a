package org.tunic.index.web;

import java.util.Optional;
import org.tunic.index.store.Account;
import org.tunic.index.store.Role;

/**
 * A request and who makes it.
 *
 * <p>Threads: immutable.
 *
 * @param request what is asked
 * @param cookie that forms are bound to: the browser's, or a fresh one
 * @param fresh whether the browser must be told the cookie
 * @param account that is signed in
 */
record Visit(WebRequest request, String cookie, boolean fresh, Optional<Account> account) {
  /** A field of the query, or of the form if it is a POST. */
  String field(String name) {
    return request.query().get(name);
  }

  /** Name of the account; empty for nobody. */
  String user() {
    return account.map(Account::name).orElse("");
  }

  boolean may(Role role) {
    return account.map(a -> a.role().includes(role)).orElse(false);
  }
}
