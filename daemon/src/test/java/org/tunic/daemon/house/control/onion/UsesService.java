package org.tunic.daemon.house.control.onion;

import org.tunic.daemon.house.control.services.UsesDaemon;

/** The protocol of onion services, which knows what runs behind them. */
final class UsesService {
  UsesDaemon above(UsesDaemon service) {
    return service;
  }
}
