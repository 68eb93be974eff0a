package org.tunic.daemon.demo;

import java.nio.file.Path;

/**
 * One node of the demo network and where it is.
 *
 * <p>Threads: immutable.
 *
 * @param name nickname
 * @param orPort TCP port on 127.0.0.1; used by relays alone
 * @param home its directory: torrc, log, data/
 */
record DemoNode(String name, Role role, int orPort, Path home) {
  enum Role {
    AUTHORITY,
    EXIT,
    MIDDLE,
    /** Hosts an onion service. */
    HOST,
    CLIENT
  }

  /** Whether it carries cells of others. */
  boolean isRelay() {
    return role != Role.HOST && role != Role.CLIENT;
  }

  int dirPort() {
    return orPort + 1;
  }

  int socksPort() {
    return orPort + 3;
  }

  Path torrc() {
    return home.resolve("torrc");
  }

  Path dataDirectory() {
    return home.resolve("data");
  }

  /** HiddenServiceDir of a host. */
  Path onionDirectory() {
    return home.resolve("onion");
  }

  Path log() {
    return home.resolve("notice.log");
  }
}
