package org.tunic.router.cell;

import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;

/**
 * What a client says to a service inside INTRODUCE1: where to meet. {@code cookie:20 extensions
 * onionKeyType:u8 length:u16 onionKey specifiers padding}
 *
 * <p>No relay message itself: {@code crypto.handshake.hsntor} seals it to the service.
 *
 * <p>Spec: rend-spec/introduction-protocol#NTOR-WITH-EXTRA-DATA
 *
 * <p>Threads: immutable.
 *
 * @param cookie names the client's circuit at the rendezvous point
 * @param extensions see {@link IntroduceExtensions}
 * @param onionKey the rendezvous point's ntor onion key
 * @param rendezvousPoint how to extend to it; what must be there is judged by the service
 */
public record IntroduceMessage(
    RendezvousCookie cookie,
    ExtensionList extensions,
    NtorPublicKey onionKey,
    List<LinkSpecifier> rendezvousPoint) {
  /** Least bytes of clear part and message together, without X and MAC: C tor's padding. */
  public static final int MIN_INTRODUCE1_LENGTH = 246;

  private static final int ONION_KEY_NTOR = 1;

  /** Copies the list. */
  public IntroduceMessage {
    rendezvousPoint = List.copyOf(rendezvousPoint);
  }

  /** Reads a message that was opened; what follows the specifiers is padding. */
  public static IntroduceMessage decode(ByteReader in) throws MalformedException {
    RendezvousCookie cookie = new RendezvousCookie(in.bytes(RendezvousCookie.LENGTH));
    ExtensionList extensions = ExtensionList.decode(in);
    if (in.u8() != ONION_KEY_NTOR || in.u16() != NtorPublicKey.LENGTH) {
      throw new MalformedException("onion key of another type or length");
    }
    NtorPublicKey onionKey = new NtorPublicKey(in.bytes(NtorPublicKey.LENGTH));
    return new IntroduceMessage(cookie, extensions, onionKey, LinkSpecifier.decodeList(in));
  }

  /**
   * The message as bytes, padded with zeros to {@link #MIN_INTRODUCE1_LENGTH} as C tor does.
   *
   * @param clearPart what stands before it in INTRODUCE1
   */
  public Bytes encode(Bytes clearPart) {
    ByteWriter out = new ByteWriter(256);
    out.bytes(cookie.bytes())
        .bytes(extensions.encode())
        .u8(ONION_KEY_NTOR)
        .u16(NtorPublicKey.LENGTH)
        .bytes(onionKey.bytes());
    LinkSpecifier.encodeList(rendezvousPoint, out);
    int padding = MIN_INTRODUCE1_LENGTH - clearPart.length() - out.length();
    return out.zeros(Math.max(0, padding)).toBytes();
  }

  /** Nothing of the cookie or the rendezvous point. */
  @Override
  public String toString() {
    return "IntroduceMessage";
  }
}
