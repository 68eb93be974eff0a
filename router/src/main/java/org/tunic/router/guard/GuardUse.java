package org.tunic.router.guard;

import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.Relay;

/**
 * A guard given out for one circuit; to be answered with how the first hop went.
 *
 * <p>Threads: immutable.
 *
 * @param relay the guard
 */
public record GuardUse(Relay relay) {
  RsaIdentity identity() {
    return relay.ids().rsa();
  }

  /** Does not say which guard. */
  @Override
  public String toString() {
    return "GuardUse";
  }
}
