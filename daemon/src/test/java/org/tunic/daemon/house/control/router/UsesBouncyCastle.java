package org.tunic.daemon.house.control.router;

import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Cryptography outside its module. */
final class UsesBouncyCastle {
  void publicKey(byte[] secret, byte[] out) {
    Ed25519.generatePublicKey(secret, 0, out, 0);
  }
}
