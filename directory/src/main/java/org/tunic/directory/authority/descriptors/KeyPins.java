package org.tunic.directory.authority.descriptors;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * Remembers which RSA and Ed25519 identities belong together, so that neither can be used with
 * another one later: whoever breaks a relay's 1024-bit RSA key cannot take its place.
 *
 * <p>The journal {@code key-pinning-journal} holds one line for each pair, both in base64 without
 * padding; other lines are ignored. Of contradicting lines the later one counts.
 *
 * <p>Spec: dir-spec/accepting-relay-documents. Threads: one caller at a time; its owner guards it.
 */
public final class KeyPins {
  /** Most pairs remembered; beyond it relays never seen before are refused. */
  public static final int MAX_PINS = 200_000;

  private static final int RSA_CHARS = 27;
  private static final int ED25519_CHARS = 43;

  private final Map<RsaIdentity, Ed25519Identity> byRsa = new HashMap<>();
  private final Map<Ed25519Identity, RsaIdentity> byEd25519 = new HashMap<>();

  /** How a pair relates to what is known. */
  public enum Match {
    /** Known as it is. */
    FOUND,
    /** Neither of the two is known. */
    NEW,
    /** One of the two is known with another partner. */
    MISMATCH
  }

  /** Reads a journal. */
  public static KeyPins load(String journal) {
    KeyPins pins = new KeyPins();
    journal.lines().forEach(pins::loadLine);
    return pins;
  }

  private void loadLine(String line) {
    if (line.length() != RSA_CHARS + 1 + ED25519_CHARS
        || line.charAt(RSA_CHARS) != ' '
        || line.charAt(0) == '@') {
      return;
    }
    try {
      byte[] rsa = Base64s.decode(line.substring(0, RSA_CHARS));
      byte[] ed25519 = Base64s.decode(line.substring(RSA_CHARS + 1));
      if (rsa.length == RsaIdentity.LENGTH
          && ed25519.length == Ed25519Identity.LENGTH
          && byRsa.size() < MAX_PINS) {
        replace(RsaIdentity.of(rsa), new Ed25519Identity(Bytes.copyOf(ed25519)));
      }
    } catch (MalformedException e) {
      return; // a damaged line is not worth refusing to start
    }
  }

  private void replace(RsaIdentity rsa, Ed25519Identity ed25519) {
    Ed25519Identity oldPartner = byRsa.remove(rsa);
    if (oldPartner != null) {
      byEd25519.remove(oldPartner);
    }
    RsaIdentity otherOwner = byEd25519.remove(ed25519);
    if (otherOwner != null) {
      byRsa.remove(otherOwner);
    }
    byRsa.put(rsa, ed25519);
    byEd25519.put(ed25519, rsa);
  }

  public Match check(RsaIdentity rsa, Ed25519Identity ed25519) {
    Ed25519Identity partner = byRsa.get(rsa);
    RsaIdentity owner = byEd25519.get(ed25519);
    if (partner == null && owner == null) {
      return Match.NEW;
    }
    return ed25519.equals(partner) ? Match.FOUND : Match.MISMATCH;
  }

  /** Whether this RSA identity is known to have an Ed25519 identity. */
  public boolean hasEd25519(RsaIdentity rsa) {
    return byRsa.containsKey(rsa);
  }

  public boolean isFull() {
    return byRsa.size() >= MAX_PINS;
  }

  /** Remembers a pair; the line to append to the journal, or nothing if it was known. */
  public Optional<String> pin(RsaIdentity rsa, Ed25519Identity ed25519) {
    if (check(rsa, ed25519) == Match.FOUND || isFull()) {
      return Optional.empty();
    }
    replace(rsa, ed25519);
    return Optional.of(
        Base64s.encodeUnpadded(rsa.bytes().toArray())
            + " "
            + Base64s.encodeUnpadded(ed25519.bytes().toArray())
            + "\n");
  }
}
