package org.tunic.daemon.house.control.services;

import org.tunic.daemon.house.control.daemon.wiring.HandsOverClock;

/** A service that knows who put it together. */
public final class UsesDaemon {
  HandsOverClock above() {
    return new HandsOverClock();
  }
}
