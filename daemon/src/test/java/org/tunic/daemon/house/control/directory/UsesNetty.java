package org.tunic.daemon.house.control.directory;

import io.netty.buffer.ByteBuf;

/** A pure room that handles buffers. */
final class UsesNetty {
  int length(ByteBuf buffer) {
    return buffer.readableBytes();
  }
}
