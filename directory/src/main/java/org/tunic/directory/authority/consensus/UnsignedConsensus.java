package org.tunic.directory.authority.consensus;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.netdoc.NetdocText;

/**
 * A consensus as computed, without signatures.
 *
 * @param flavor its flavour
 * @param lifetime its times
 * @param text everything before the first {@code directory-signature}
 *     <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public record UnsignedConsensus(ConsensusFlavor flavor, Lifetime lifetime, NetdocText text) {
  /**
   * What the signatures are over: SHA-1 (ns) or SHA-256 (microdesc) of the text through the keyword
   * of the signature and a space.
   */
  public Bytes digest() {
    NetdocText signed = NetdocText.of(text.text() + "directory-signature ");
    return Bytes.copyOf(
        switch (flavor) {
          case NS -> signed.sha1(0, signed.length());
          case MICRODESC -> signed.sha256(0, signed.length());
        });
  }
}
