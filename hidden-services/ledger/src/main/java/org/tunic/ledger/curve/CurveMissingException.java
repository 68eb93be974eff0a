package org.tunic.ledger.curve;

/**
 * libsecp256k1 cannot be loaded; the message says what to install.
 *
 * <p>Threads: immutable.
 */
public final class CurveMissingException extends Exception {
  private static final long serialVersionUID = 1L;

  CurveMissingException(Throwable cause) {
    super(
        "the ledger checks signatures with libsecp256k1, which could not be loaded. It comes with"
            + " Tunic for Linux on x86-64 and aarch64 (lib/secp256k1-kmp-jni-jvm-linux-*.jar) and"
            + " is unpacked into java.io.tmpdir, which must be writable and not mounted noexec."
            + " Elsewhere build https://github.com/ACINQ/secp256k1-kmp and name the folder of the"
            + " library with -Dfr.acinq.secp256k1.lib.path",
        cause);
  }
}
