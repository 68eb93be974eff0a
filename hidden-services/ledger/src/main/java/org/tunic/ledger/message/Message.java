package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * A message between peers.
 *
 * <p>Threads: immutable.
 */
public sealed interface Message
    permits VersionMessage,
        Bare,
        SendCompact,
        FeeFilter,
        Heartbeat,
        Addresses,
        Inventory,
        Locator,
        Headers,
        BlockMessage,
        TransactionMessage,
        CompactBlock,
        GetBlockTransactions,
        BlockTransactions,
        UnknownMessage {

  /** Its name on the wire, at most 12 characters. */
  String command();

  /** Appends the payload. */
  void encode(WireWriter out);

  /** The payload. */
  default byte[] payload() {
    WireWriter out = new WireWriter();
    encode(out);
    return out.toArray();
  }

  /**
   * Reads a whole payload.
   *
   * @throws MalformedException if it breaks the format or a bound: the peer is to be left
   */
  static Message decode(String command, byte[] payload) throws MalformedException {
    WireReader in = new WireReader(payload);
    Message message =
        switch (command) {
          case "version" -> VersionMessage.decode(in);
          case "verack", "getaddr", "mempool", "sendheaders", "wtxidrelay", "sendaddrv2" ->
              Bare.of(command);
          case "sendcmpct" -> SendCompact.decode(in);
          case "feefilter" -> FeeFilter.decode(in);
          case "ping", "pong" -> Heartbeat.decode(command, in);
          case "addr", "addrv2" -> Addresses.decode(command, in);
          case "inv", "getdata", "notfound" -> Inventory.decode(command, in);
          case "getheaders", "getblocks" -> Locator.decode(command, in);
          case "headers" -> Headers.decode(in);
          case "block" -> BlockMessage.decode(in);
          case "tx" -> TransactionMessage.decode(in);
          case "cmpctblock" -> CompactBlock.decode(in);
          case "getblocktxn" -> GetBlockTransactions.decode(in);
          case "blocktxn" -> BlockTransactions.decode(in);
          default -> UnknownMessage.decode(command, in);
        };
    in.expectEnd();
    return message;
  }
}
