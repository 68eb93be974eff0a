package org.tunic.tracker.http;

import org.tunic.tracker.account.AccountList;

/**
 * The path of a request: the page, and the passkey of who asks, if there is one. A passkey stands
 * before the page, where clients leave it when they make the path of a scrape from that of an
 * announce ({@code /PASSKEY/announce}), or behind it, for clients that take no other paths on their
 * own host ({@code /announce/PASSKEY}).
 *
 * <p>Spec: BEP 48. Threads: immutable.
 *
 * @param page with its slash; the whole path if it has no passkey
 * @param passkey 32 letters and digits; empty if there is none
 */
record RequestPath(String page, String passkey) {
  static RequestPath of(String path) {
    int key = AccountList.PASSKEY_LENGTH;
    int slash = path.lastIndexOf('/');
    if (slash == key + 1 && AccountList.isPasskey(path.substring(1, slash))) {
      return new RequestPath(path.substring(slash), path.substring(1, slash));
    }
    return slash > 0 && AccountList.isPasskey(path.substring(slash + 1))
        ? new RequestPath(path.substring(0, slash), path.substring(slash + 1))
        : new RequestPath(path, "");
  }

  /** Nothing that lets somebody else ask. */
  @Override
  public String toString() {
    return page;
  }
}
