package org.tunic.router.stream.socks;

import org.tunic.crypto.bytes.Bytes;

/**
 * One complete request as the application sent it.
 *
 * @param version 4 or 5 for SOCKS, {@link #HTTP} for HTTP CONNECT
 * @param target host in lower case
 * @param port 0–65535
 * @param numeric whether the application sent an address where it could have sent a name, so that
 *     it may have looked the name up by itself
 * @param user SOCKS 5 user name or SOCKS 4 user id, at most 255 bytes; the Proxy-Authorization of
 *     HTTP, at most {@link HttpTunnelHandler#MAX_HEADER_BYTES}; empty if none was sent
 * @param password what else isolates, with the same bounds
 *     <p>Threads: immutable.
 */
record EntryRequest(
    int version,
    SocksCommand command,
    TargetHost target,
    int port,
    boolean numeric,
    Bytes user,
    Bytes password) {
  /** In place of a SOCKS version. */
  static final int HTTP = 1;

  @Override
  public String toString() {
    return "EntryRequest[version " + version + ", " + command + "]";
  }
}
