package org.tunic.daemon.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.keystore.AuthorityKeys;
import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * Makes the keys of a demo node, unless an earlier start has.
 *
 * <p>Threads: any.
 */
final class DemoKeys {
  private static final Logger LOG = LoggerFactory.getLogger(DemoKeys.class);

  /** tor-gencert makes 3072 bits; these live for a demo. */
  private static final int IDENTITY_BITS = 2048;

  private static final int MONTHS = 12;

  private final InstantSource clock;
  private final SecureRandom random;
  private final Config.KeyLifetimes lifetimes;

  DemoKeys(InstantSource clock, SecureRandom random, Config.KeyLifetimes lifetimes) {
    this.clock = clock;
    this.random = random;
    this.lifetimes = lifetimes;
  }

  /**
   * @return the arguments of the authority's DirAuthority line; empty for another node
   */
  String prepare(DemoNode node) throws KeystoreException, IOException {
    Files.createDirectories(node.home());
    Path data = node.dataDirectory();
    Config.Directories directories = new Config.Directories(data, data.resolve("keys"), data);
    try (DataDirectory opened = DataDirectory.open(directories, LOG::warn)) {
      if (!node.isRelay()) {
        return "";
      }
      Path keys = opened.keyDirectory(LOG::warn);
      RelayKeystore keystore = RelayKeystore.open(keys, lifetimes, clock, random, LOG::debug);
      RelayIds ids = keystore.keys().ids();
      opened.writeFingerprints(node.name(), ids.rsa(), ids.ed().orElseThrow());
      if (node.role() != DemoNode.Role.AUTHORITY) {
        return "";
      }
      AuthorityKeys authority =
          Files.exists(keys.resolve("authority_certificate"))
              ? AuthorityKeys.load(keys, clock.instant())
              : AuthorityKeys.create(
                  keys,
                  RelayAddress.of(new InetSocketAddress(loopback(), node.dirPort())),
                  IDENTITY_BITS,
                  MONTHS,
                  clock.instant(),
                  random);
      return String.format(
          "%s orport=%d no-v2 v3ident=%s 127.0.0.1:%d %s",
          node.name(),
          node.orPort(),
          authority.certificate().identity().hex(),
          node.dirPort(),
          ids.rsa().hex());
    }
  }

  private static java.net.InetAddress loopback() {
    try {
      return java.net.InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
