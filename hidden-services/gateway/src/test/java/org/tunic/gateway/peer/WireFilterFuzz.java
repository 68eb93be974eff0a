package org.tunic.gateway.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.tunic.testing.ParserFuzz;
import org.tunic.tracker.swarm.InfoHash;

/** The peer protocol: what is passed on is passed on unchanged by the next filter. */
class WireFilterFuzz extends ParserFuzz {
  WireFilterFuzz() {
    super(WireViolation.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    ByteBuf once = Unpooled.buffer();
    filter().filter(Unpooled.wrappedBuffer(input), once);
    ByteBuf twice = Unpooled.buffer();
    filter().filter(once.duplicate(), twice);
    // A message that has not ended may have been passed on in part.
    if (!once.equals(twice)) {
      throw new AssertionError("passed on changed");
    }
  }

  private static WireFilter filter() {
    return WireFilter.pair(InfoHash.at(Wire.INFO_HASH, 0), Wire.SELF).in();
  }
}
