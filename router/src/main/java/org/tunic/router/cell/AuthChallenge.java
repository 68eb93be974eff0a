package org.tunic.router.cell;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * AUTH_CHALLENGE: invites the initiator to authenticate. {@code challenge:32 n:u16 method:u16…}
 *
 * <p>Spec: tor-spec/negotiating-channels#AUTH-CHALLENGE-cells
 *
 * <p>Threads: immutable.
 *
 * @param challenge random, 32 bytes; it enters the transcripts only
 * @param methods authentication types the responder accepts
 */
public record AuthChallenge(Bytes challenge, List<Integer> methods) implements ChannelMessage {
  /** Bytes of the challenge. */
  public static final int CHALLENGE_LENGTH = 32;

  /** Copies the list. */
  public AuthChallenge {
    methods = List.copyOf(methods);
  }

  static AuthChallenge decode(ByteReader in) throws MalformedException {
    Bytes challenge = in.bytes(CHALLENGE_LENGTH);
    ByteReader list = in.slice(2 * in.u16());
    List<Integer> methods = new ArrayList<>(list.remaining() / 2);
    while (list.remaining() > 0) {
      methods.add(list.u16());
    }
    return new AuthChallenge(challenge, methods);
  }

  @Override
  public CellCommand command() {
    return CellCommand.AUTH_CHALLENGE;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(challenge).u16(methods.size());
    methods.forEach(out::u16);
  }
}
