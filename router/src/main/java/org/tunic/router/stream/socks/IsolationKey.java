package org.tunic.router.stream.socks;

import org.tunic.crypto.bytes.Bytes;

/**
 * What two streams must have in common to share a circuit: equal keys may, different keys must not.
 * A field that the listener does not isolate by holds the same neutral value in every key.
 *
 * @param sessionGroup the listener, or the group its configuration puts it in
 * @param clientAddress address bytes of the application, empty when not isolating by it
 * @param protocol 4 or 5 for SOCKS, 1 for HTTP, 0 when not isolating by it
 * @param user user name, SOCKS4 user id or Proxy-Authorization as sent, byte for byte
 * @param password password as sent
 * @param destinationPort port, 0 when not isolating by it
 * @param destination host text, empty when not isolating by it
 *     <p>Spec: path-spec/stream-isolation. Threads: immutable.
 */
public record IsolationKey(
    int sessionGroup,
    Bytes clientAddress,
    int protocol,
    Bytes user,
    Bytes password,
    int destinationPort,
    String destination) {

  /** A key that only streams of the same group share. */
  public static IsolationKey ofGroup(int sessionGroup) {
    return new IsolationKey(sessionGroup, Bytes.EMPTY, 0, Bytes.EMPTY, Bytes.EMPTY, 0, "");
  }

  /** The group only: credentials and destinations are nobody's business. */
  @Override
  public String toString() {
    return "IsolationKey[group " + sessionGroup + "]";
  }
}
