package org.tunic.router.circuit.service;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * A relay that is kept for one position of circuits for onion services, as the state file has it:
 *
 * <pre>
 * Vanguard layer=2|3 rsa_id=FINGERPRINT expires_on=YYYY-MM-DDTHH:MM:SS
 * </pre>
 *
 * <p>Spec: vanguards-spec/full-vanguards. Threads: immutable.
 *
 * @param hop its position, 2 or 3
 * @param expires when it leaves, to the second
 */
public record Vanguard(int hop, RsaIdentity identity, Instant expires) {
  /** Of its lines in the state file. C tor keeps lines that it does not know. */
  public static final String KEYWORD = "Vanguard";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

  /**
   * Reads the value of a line.
   *
   * @return empty if it is damaged
   */
  static Optional<Vanguard> parse(String value) {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : value.strip().split("\\s+")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.putIfAbsent(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    String layer = pairs.getOrDefault("layer", "");
    if (!layer.equals("2") && !layer.equals("3")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Vanguard(
              Integer.parseInt(layer),
              RsaIdentity.fromHex(pairs.getOrDefault("rsa_id", "")),
              LocalDateTime.parse(pairs.getOrDefault("expires_on", ""), TIME)
                  .toInstant(ZoneOffset.UTC)));
    } catch (MalformedException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The value of its line. */
  String format() {
    return "layer="
        + hop
        + " rsa_id="
        + identity.hex()
        + " expires_on="
        + TIME.format(LocalDateTime.ofInstant(expires, ZoneOffset.UTC));
  }

  /** Says nothing of which relay it is. */
  @Override
  public String toString() {
    return "Vanguard[" + hop + "]";
  }
}
