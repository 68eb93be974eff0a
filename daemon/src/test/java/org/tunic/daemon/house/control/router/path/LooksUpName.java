package org.tunic.daemon.house.control.router.path;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Function;

/** Asks the resolver of the system, forwards and backwards. */
final class LooksUpName {
  @SuppressWarnings("AddressSelection")
  InetAddress forwards(String name) throws UnknownHostException {
    return InetAddress.getByName(name);
  }

  InetSocketAddress byConstructor(String name) {
    return new InetSocketAddress(name, 80);
  }

  Function<InetAddress, String> backwards() {
    return InetAddress::getHostName;
  }
}
