package org.tunic.daemon.house.control.directory;

import java.util.Arrays;

/** Compares what everybody may see. */
final class ComparesPublicBytes {
  boolean same(byte[] digest, byte[] expected) {
    return Arrays.equals(digest, expected);
  }
}
