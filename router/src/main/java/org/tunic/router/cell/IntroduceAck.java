package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * INTRODUCE_ACK: what became of an INTRODUCE1. {@code status:u16 extensions}
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRODUCE_ACK
 *
 * <p>Threads: immutable.
 *
 * @param status {@link #SUCCESS} and so on; every other number is a failure
 * @param extensions none is known
 */
public record IntroduceAck(int status, ExtensionList extensions) implements RelayMessage {
  /** The message went to the service. */
  public static final int SUCCESS = 0;

  /** No service is here under that key: try another introduction point. */
  public static final int UNKNOWN_SERVICE = 1;

  /** The message was malformed, or the client may not ask here. */
  public static final int BAD_FORMAT = 2;

  /** The message could not be passed on. */
  public static final int CANNOT_RELAY = 3;

  /** An answer without extensions. */
  public static IntroduceAck of(int status) {
    return new IntroduceAck(status, ExtensionList.EMPTY);
  }

  /** Reads a body. */
  public static IntroduceAck decode(ByteReader in) throws MalformedException {
    return new IntroduceAck(in.u16(), ExtensionList.decode(in));
  }

  @Override
  public int command() {
    return RelayCommand.INTRODUCE_ACK;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u16(status).bytes(extensions.encode());
  }
}
