package org.tunic.index.store;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * What a frame of the journal says, one or several of these.
 *
 * <pre>
 * change   kind u8, length u32, body
 * </pre>
 *
 * <p>Threads: immutable.
 */
sealed interface Change {
  /** A torrent is new. */
  record Added(Entry entry) implements Change {}

  /** An account is new, or another than before. */
  record AccountSet(Account account) implements Change {}

  /** A moderator did something. */
  record Logged(LogLine line) implements Change {}

  /** A visitor reported something. */
  record Reported(Report report) implements Change {}

  /** Bytes in front of a body. */
  int HEAD = 5;

  /** The bytes of the body, and its kind in front. */
  default byte[] encode() {
    ByteWriter body = new ByteWriter();
    int kind =
        switch (this) {
          case Added(var entry) -> {
            entry.encode(body);
            yield 1;
          }
          case AccountSet(var account) -> {
            account.encode(body);
            yield 2;
          }
          case Logged(var line) -> {
            line.encode(body);
            yield 3;
          }
          case Reported(var report) -> {
            report.encode(body);
            yield 4;
          }
        };
    return new ByteWriter(HEAD + body.length())
        .u8(kind)
        .u32(body.length())
        .bytes(body.toArray())
        .toArray();
  }

  /**
   * A change and where its body stands.
   *
   * @param offset of the body in the payload
   */
  record Placed(Change change, int offset, int length) {}

  /** All changes of a payload. */
  static List<Placed> decodeAll(byte[] payload) throws MalformedException {
    List<Placed> changes = new ArrayList<>();
    ByteReader in = new ByteReader(payload);
    while (in.remaining() > 0) {
      int kind = in.u8();
      long length = in.u32();
      int offset = payload.length - in.remaining();
      if (length > in.remaining()) {
        throw new MalformedException("a change longer than its frame");
      }
      ByteReader body = in.slice((int) length);
      Change change =
          switch (kind) {
            case 1 -> new Added(Entry.decode(body));
            case 2 -> new AccountSet(Account.decode(body));
            case 3 -> new Logged(LogLine.decode(body));
            case 4 -> new Reported(Report.decode(body));
            default -> throw new MalformedException("an unknown change");
          };
      body.expectEnd();
      changes.add(new Placed(change, offset, (int) length));
    }
    return changes;
  }
}
