package org.tunic.crypto.handshake.ntor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** ntor: the onion skin that a relay gets, or the reply that a client gets, by its length. */
class NtorFuzz extends ParserFuzz {
  private static final JsonNode VECTOR =
      Vectors.json("tor-spec/ntor.json").required("handshake").required(0);
  private static final RsaIdentity RELAY =
      new RsaIdentity(Bytes.copyOf(Vectors.hex(VECTOR, "node_id")));

  private final SeededRandom random = new SeededRandom(1);
  private final NtorOnionKeypair keys;

  NtorFuzz() throws MalformedException {
    super(HandshakeFailedException.class);
    keys = NtorOnionKeypair.fromSecret(Vectors.hex(VECTOR, "relay_onion_secret"));
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == Ntor.REPLY_LENGTH) {
      try (NtorClient client = NtorClient.begin(RELAY, keys.publicKey(), random)) {
        client.finish(input).close();
      }
    } else {
      NtorRelay.answer(input, RELAY, List.of(keys), random).close();
    }
  }
}
