package org.tunic.daemon.demo;

import java.nio.file.Path;

/**
 * One node of the demo network and where it is.
 *
 * <p>Threads: immutable.
 *
 * @param name nickname
 * @param orPort TCP port on 127.0.0.1; unused by a client
 * @param home its directory: torrc, log, data/
 */
record DemoNode(String name, Role role, int orPort, Path home) {
  enum Role {
    AUTHORITY,
    EXIT,
    MIDDLE,
    CLIENT
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

  Path log() {
    return home.resolve("notice.log");
  }
}
