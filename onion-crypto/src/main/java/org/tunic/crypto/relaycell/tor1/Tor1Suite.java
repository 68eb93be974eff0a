package org.tunic.crypto.relaycell.tor1;

import java.security.MessageDigest;
import org.tunic.crypto.digest.Sha;

/** The two digests that tor1 runs with. Threads: immutable. */
enum Tor1Suite {
  /** SHA-1 and AES-128: hops of a circuit. */
  RELAY,
  /** SHA3-256 and AES-256: the hop between a client and an onion service. */
  HS;

  MessageDigest newDigest() {
    return switch (this) {
      case RELAY -> Sha.newSha1();
      case HS -> Sha.newSha3();
    };
  }
}
