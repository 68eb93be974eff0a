package org.tunic.directory.authority.descriptors;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.flags.RelayMarks;

/**
 * The operator's list of relays treated specially: the file {@code approved-routers}, with lines
 * such as {@code !reject FINGERPRINT}.
 *
 * <p>Spec: tor(1), approved-routers. Threads: immutable.
 */
public final class ApprovedRouters {
  public static final ApprovedRouters EMPTY = new ApprovedRouters(Map.of(), Map.of());

  private final Map<RsaIdentity, RelayMarks> byRsa;
  private final Map<Ed25519Identity, RelayMarks> byEd25519;

  private ApprovedRouters(
      Map<RsaIdentity, RelayMarks> byRsa, Map<Ed25519Identity, RelayMarks> byEd25519) {
    this.byRsa = Map.copyOf(byRsa);
    this.byEd25519 = Map.copyOf(byEd25519);
  }

  /**
   * Reads the file.
   *
   * @throws MalformedException if a line is neither blank, nor a comment, nor a word and a
   *     fingerprint; the text names the line
   */
  public static ApprovedRouters parse(String text) throws MalformedException {
    Map<RsaIdentity, RelayMarks> byRsa = new HashMap<>();
    Map<Ed25519Identity, RelayMarks> byEd25519 = new HashMap<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int space = line.indexOf(' ');
      String fingerprint = space < 0 ? "" : line.substring(space).replace(" ", "");
      RelayMarks marks = marks(space < 0 ? line : line.substring(0, space));
      try {
        if (fingerprint.length() == 2 * RsaIdentity.LENGTH) {
          byRsa.merge(RsaIdentity.fromHex(fingerprint), marks, RelayMarks::or);
        } else {
          byEd25519.merge(Ed25519Identity.fromBase64(fingerprint), marks, RelayMarks::or);
        }
      } catch (MalformedException e) {
        throw new MalformedException("approved-routers, line " + number + ": no fingerprint");
      }
    }
    return new ApprovedRouters(byRsa, byEd25519);
  }

  private static RelayMarks marks(String word) {
    String name = word.toLowerCase(Locale.ROOT);
    return new RelayMarks(
        name.equals("!reject"),
        name.equals("!invalid"),
        name.equals("!badexit"),
        name.equals("!middleonly"),
        name.equals("!stripguard"),
        name.equals("!striphsdir"),
        name.equals("!stripv2dir"));
  }

  /** What is said about either of the relay's identities. */
  public RelayMarks of(RelayIds ids) {
    RelayMarks marks = byRsa.getOrDefault(ids.rsa(), RelayMarks.NONE);
    return ids.ed().map(ed -> marks.or(byEd25519.getOrDefault(ed, RelayMarks.NONE))).orElse(marks);
  }
}
