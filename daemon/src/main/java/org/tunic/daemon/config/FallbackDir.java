package org.tunic.daemon.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * A FallbackDir line: {@code ADDRESS[:DIRPORT] orport=PORT id=FINGERPRINT [weight=N] [ipv6=…]}, a
 * cache that clients may ask before they have a consensus.
 *
 * <p>Threads: immutable.
 *
 * @param orPort where it is a relay
 * @param orPort6 the same for IPv6
 * @param fingerprint identity of the relay
 * @param weight how often clients use it; not negative
 */
public record FallbackDir(
    InetSocketAddress orPort,
    Optional<InetSocketAddress> orPort6,
    RsaIdentity fingerprint,
    double weight) {

  static FallbackDir parse(ConfigLine line) throws ConfigException {
    Optional<InetAddress> address = Optional.empty();
    int orPort = -1;
    Optional<RsaIdentity> fingerprint = Optional.empty();
    Optional<InetSocketAddress> orPort6 = Optional.empty();
    double weight = 1.0;
    for (String word : line.value().strip().split("[ \\t]+")) {
      int equals = word.indexOf('=');
      String value = word.substring(equals + 1);
      switch (word.substring(0, equals + 1)) {
        case "" -> {
          if (address.isPresent()) {
            throw bad(line);
          }
          address = Addresses.parse(Addresses.hostOf(word));
        }
        case "orport=" -> orPort = Addresses.port(value, 1);
        case "id=" -> {
          try {
            fingerprint = Optional.of(RsaIdentity.fromHex(value));
          } catch (MalformedException e) {
            throw bad(line);
          }
        }
        case "ipv6=" -> {
          Optional<InetAddress> six = Addresses.parse(Addresses.hostOf(value));
          int port = Addresses.port(Addresses.portOf(value), 1);
          if (!(six.orElse(null) instanceof Inet6Address) || port < 0) {
            throw bad(line);
          }
          orPort6 = Optional.of(new InetSocketAddress(six.get(), port));
        }
        case "weight=" -> {
          try {
            weight = Double.parseDouble(value);
          } catch (NumberFormatException e) {
            throw bad(line);
          }
        }
        default -> {
          // As in C tor: flags of later versions do no harm.
        }
      }
    }
    if (address.isEmpty()
        || orPort < 0
        || fingerprint.isEmpty()
        || !(weight >= 0)
        || Double.isInfinite(weight)) {
      throw bad(line);
    }
    return new FallbackDir(
        new InetSocketAddress(address.get(), orPort), orPort6, fingerprint.get(), weight);
  }

  private static ConfigException bad(ConfigLine line) {
    return ConfigException.value(
        line, "is no fallback directory", "write FallbackDir ADDRESS:DIRPORT orport=PORT id=HEX40");
  }
}
