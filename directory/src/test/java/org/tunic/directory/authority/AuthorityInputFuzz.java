package org.tunic.directory.authority;

import java.time.Duration;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.descriptors.ApprovedRouters;
import org.tunic.directory.authority.descriptors.KeyPins;
import org.tunic.directory.authority.flags.RelaySet;
import org.tunic.directory.authority.sharedrandom.SharedRandomState;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/**
 * What an authority reads from its operator and its own disk: approved routers, sets of relays,
 * pinned keys, the state of shared random.
 */
class AuthorityInputFuzz extends ParserFuzz {
  private static final RsaIdentity SELF = new RsaIdentity(Bytes.copyOf(new byte[20]));

  AuthorityInputFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String text = text(input);
    KeyPins.load(text);
    new SharedRandomState(SELF, Set.of(SELF), new SeededRandom(1))
        .restore(text, CtorDocs.NOW, Duration.ofHours(1));
    ApprovedRouters.parse(text);
    RelaySet.parse(text);
  }
}
