package org.tunic.daemon.house.control.crypto;

import org.tunic.daemon.house.control.router.Innocent;

/** A lower module that knows a higher one. */
final class UsesRouter {
  Innocent above() {
    return new Innocent();
  }
}
