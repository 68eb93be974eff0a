package org.tunic.router.channel;

import java.util.EnumMap;
import java.util.Objects;
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

  private final EnumMap<Kind, LongAdder> read = adders();
  private final EnumMap<Kind, LongAdder> written = adders();

  private static EnumMap<Kind, LongAdder> adders() {
    EnumMap<Kind, LongAdder> adders = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      adders.put(kind, new LongAdder());
    }
    return adders;
  }

  private static LongAdder of(EnumMap<Kind, LongAdder> adders, Kind kind) {
    return Objects.requireNonNull(adders.get(kind)); // every kind has one
  }

  /** Cells of this class read since the start. */
  public long read(Kind kind) {
    return of(read, kind).sum();
  }

  /** Cells of this class handed to sockets since the start. */
  public long written(Kind kind) {
    return of(written, kind).sum();
  }

  void addRead(Kind kind, long cells) {
    of(read, kind).add(cells);
  }

  void addWritten(Kind kind, long cells) {
    of(written, kind).add(cells);
  }
}
