package org.tunic.crypto.handshake.ntor3;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** ntor v3: the first byte says whether the rest is an onion skin or a reply. */
class NtorV3Fuzz extends ParserFuzz {
  private static final JsonNode VECTOR =
      Vectors.json("tor-spec/ntor3.json").required("handshake").required(0);
  private static final Ed25519Identity RELAY =
      new Ed25519Identity(Bytes.copyOf(Vectors.hex(VECTOR, "relay_ed25519_id")));
  private static final Bytes PURPOSE = Bytes.copyOf(Vectors.hex(VECTOR, "verification"));

  private final SeededRandom random = new SeededRandom(1);
  private final NtorOnionKeypair keys;

  NtorV3Fuzz() throws MalformedException {
    super(HandshakeFailedException.class);
    keys = NtorOnionKeypair.fromSecret(Vectors.hex(VECTOR, "relay_onion_secret"));
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    byte[] rest = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    if (input.length > 0 && input[0] == 1) {
      try (NtorV3Client client =
          NtorV3Client.begin(RELAY, keys.publicKey(), Bytes.EMPTY, PURPOSE, random)) {
        client.finish(rest).close();
      }
    } else {
      NtorV3Relay.open(rest, RELAY, List.of(keys), PURPOSE, random).close();
    }
  }
}
