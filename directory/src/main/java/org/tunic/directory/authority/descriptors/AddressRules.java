package org.tunic.directory.authority.descriptors;

import java.net.InetAddress;
import org.tunic.directory.authority.flags.RelayMarks;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.ExitPolicy;

/**
 * What the operator decided about relays by their IPv4 address and OR port. Each policy rejects the
 * addresses it is about.
 *
 * @param reject AuthDirReject: no descriptor is taken
 * @param invalid AuthDirInvalid: no Valid flag
 * @param badExit AuthDirBadExit
 * @param middleOnly AuthDirMiddleOnly
 *     <p>Spec: tor(1), AuthDirReject and the three others. Threads: immutable.
 */
public record AddressRules(
    ExitPolicy reject, ExitPolicy invalid, ExitPolicy badExit, ExitPolicy middleOnly) {
  /** Nothing is decided by address. */
  public static final AddressRules NONE =
      new AddressRules(
          ExitPolicy.ACCEPT_ALL,
          ExitPolicy.ACCEPT_ALL,
          ExitPolicy.ACCEPT_ALL,
          ExitPolicy.ACCEPT_ALL);

  /** What is said about a relay here. */
  public RelayMarks of(RelayAddress orPort) {
    InetAddress address = orPort.inetAddress();
    int port = orPort.port();
    return new RelayMarks(
        !reject.allows(address, port),
        !invalid.allows(address, port),
        !badExit.allows(address, port),
        !middleOnly.allows(address, port),
        false,
        false,
        false);
  }
}
