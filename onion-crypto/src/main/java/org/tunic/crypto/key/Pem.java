package org.tunic.crypto.key;

import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.MalformedException;

/**
 * PEM objects of one label, as OpenSSL writes them and as Tor's documents contain them.
 *
 * <p>Threads: any, because it has no state.
 */
final class Pem {
  private Pem() {}

  static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64s.encodeLines(der)
        + "-----END "
        + label
        + "-----\n";
  }

  static boolean hasLabel(String pem, String label) {
    return pem.stripLeading().startsWith("-----BEGIN " + label + "-----");
  }

  static byte[] decode(String pem, String label) throws MalformedException {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    // C tor ends its key files with a NUL, which trim() takes for white space and strip() does not.
    String text = pem.trim();
    if (!text.startsWith(begin)
        || !text.endsWith(end)
        || text.length() < begin.length() + end.length()) {
      throw new MalformedException("not a PEM object of the expected kind");
    }
    return Base64s.decodeLines(text.substring(begin.length(), text.length() - end.length()));
  }
}
