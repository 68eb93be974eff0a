package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** What a client says to a service once it is opened, with its extensions. */
class IntroduceMessageFuzz extends ParserFuzz {
  IntroduceMessageFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    IntroduceMessage read = IntroduceMessage.decode(new ByteReader(input));
    assertEquals(read, IntroduceMessage.decode(read.encode(Bytes.EMPTY).reader()));
    IntroduceExtensions.wantsCongestionControl(read.extensions());
    IntroduceExtensions.proofOfWork(read.extensions());
  }
}
