package org.tunic.router.stream.socks;

import org.tunic.crypto.bytes.Bytes;

/**
 * One complete request as the application sent it.
 *
 * @param version 4 or 5
 * @param port 0–65535; not 0 for CONNECT
 * @param user SOCKS 5 user name or SOCKS 4 user id, at most 255 bytes, empty if none was sent
 * @param password at most 255 bytes
 *     <p>Threads: immutable.
 */
record SocksRequest(
    int version, SocksCommand command, TargetHost target, int port, Bytes user, Bytes password) {
  @Override
  public String toString() {
    return "SocksRequest[version " + version + ", " + command + "]";
  }
}
