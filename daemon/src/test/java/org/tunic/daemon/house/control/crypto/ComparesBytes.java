package org.tunic.daemon.house.control.crypto;

import java.util.Arrays;

/** Stops at the first byte that differs. */
final class ComparesBytes {
  boolean same(byte[] mac, byte[] expected) {
    return Arrays.equals(mac, expected);
  }
}
