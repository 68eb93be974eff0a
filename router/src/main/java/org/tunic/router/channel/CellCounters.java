package org.tunic.router.channel;

import java.util.concurrent.atomic.LongAdder;
import org.tunic.router.cell.CellCommand;

/**
 * Cells read and written by one node, by class of command, over all its channels.
 *
 * <p>The data path counts in plain fields of the channel and adds them here once a batch.
 *
 * <p>Threads: any, because sums are {@link LongAdder}s.
 */
public final class CellCounters {
  /** Classes of commands, a closed set for metric labels. */
  public enum Kind {
    /** RELAY and RELAY_EARLY. */
    RELAY,
    /** CREATE2, CREATE_FAST and the retired CREATE. */
    CREATE,
    /** CREATED2, CREATED_FAST and the retired CREATED. */
    CREATED,
    DESTROY,
    /** PADDING, VPADDING, PADDING_NEGOTIATE. */
    PADDING,
    /** VERSIONS, CERTS, AUTH_CHALLENGE, AUTHENTICATE, NETINFO and unknown commands. */
    OTHER;

    private static final Kind[] KINDS = values();

    static Kind of(int code) {
      CellCommand command = CellCommand.of(code);
      if (command == null) {
        return OTHER;
      }
      return switch (command) {
        case RELAY, RELAY_EARLY -> RELAY;
        case CREATE, CREATE_FAST, CREATE2 -> CREATE;
        case CREATED, CREATED_FAST, CREATED2 -> CREATED;
        case DESTROY -> DESTROY;
        case PADDING, VPADDING, PADDING_NEGOTIATE -> PADDING;
        case VERSIONS, CERTS, AUTH_CHALLENGE, AUTHENTICATE, AUTHORIZE, NETINFO -> OTHER;
      };
    }
  }

  private final LongAdder[] read = adders();
  private final LongAdder[] written = adders();

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[Kind.KINDS.length];
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /** Cells of this class read since the start. */
  public long read(Kind kind) {
    return read[kind.ordinal()].sum();
  }

  /** Cells of this class handed to sockets since the start. */
  public long written(Kind kind) {
    return written[kind.ordinal()].sum();
  }

  void addRead(Kind kind, long cells) {
    read[kind.ordinal()].add(cells);
  }

  void addWritten(Kind kind, long cells) {
    written[kind.ordinal()].add(cells);
  }
}
