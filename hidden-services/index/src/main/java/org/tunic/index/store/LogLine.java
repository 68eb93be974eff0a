package org.tunic.index.store;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Something a moderator did. What a torrent's standing is follows from these lines: there is no
 * other record of it that could be changed behind their back.
 *
 * <p>Threads: immutable.
 *
 * @param seconds since 1970
 * @param actor account
 * @param action what was done
 * @param subject info hash in hexadecimal digits, or an account
 * @param reason in the moderator's words
 */
public record LogLine(long seconds, String actor, Action action, String subject, String reason) {
  /** What moderators do. */
  public enum Action {
    /** A torrent is no longer listed. */
    HIDE(0),
    /** It is again. */
    SHOW(1),
    /** It is gone, and the tracker does not serve it. */
    REMOVE(2),
    /** Reports of a torrent are settled. */
    SETTLE(3),
    /** An account has another role. */
    ROLE(4);

    private final int code;

    Action(int code) {
      this.code = code;
    }

    static Optional<Action> of(int code) {
      return Arrays.stream(values()).filter(action -> action.code == code).findFirst();
    }
  }

  /** About a torrent. */
  public static LogLine about(
      InfoHash torrent, long seconds, String actor, Action action, String reason) {
    return new LogLine(seconds, actor, action, HexFormat.of().formatHex(torrent.toArray()), reason);
  }

  void encode(ByteWriter out) {
    out.u64(seconds);
    Entry.text(out, actor);
    out.u8(action.code);
    Entry.text(out, subject);
    Entry.text(out, reason);
  }

  static LogLine decode(ByteReader in) throws MalformedException {
    long seconds = in.u64();
    String actor = Entry.text(in);
    Action action =
        Action.of(in.u8()).orElseThrow(() -> new MalformedException("an unknown action"));
    return new LogLine(seconds, actor, action, Entry.text(in), Entry.text(in));
  }
}
