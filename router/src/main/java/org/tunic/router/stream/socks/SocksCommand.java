package org.tunic.router.stream.socks;

/**
 * The commands this port serves. RESOLVE and RESOLVE_PTR are Tor's additions; the latter exists in
 * SOCKS 5 only. Spec: socks-extensions#name-lookup. Threads: immutable.
 */
enum SocksCommand {
  CONNECT(0x01),
  RESOLVE(0xf0),
  RESOLVE_PTR(0xf1);

  private final int code;

  SocksCommand(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
