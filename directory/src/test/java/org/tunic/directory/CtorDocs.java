package org.tunic.directory;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.consensus.UntrustedException;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.Vectors;

/**
 * The documents of a C tor network under {@code vectors/ctor-docs}; its origin stands there.
 *
 * <p>Threads: any, because it has no state.
 */
public final class CtorDocs {
  /** A time within the validity of its consensus. */
  public static final Instant NOW = Instant.parse("2026-11-22T19:44:30Z");

  private CtorDocs() {}

  /** A document as it is. */
  public static NetdocText text(String name) {
    return NetdocText.of(Vectors.bytes("ctor-docs/" + name));
  }

  /** Digests and keys derived by another program. */
  public static JsonNode expected() {
    return Vectors.json("ctor-docs/expected.json");
  }

  /** A key file, as {@code relay0/secret_id_key}. */
  public static byte[] keyFile(String name) {
    return Base64.getMimeDecoder().decode(Vectors.bytes("ctor-docs/keys/" + name + ".base64"));
  }

  /** An RSA key file. */
  public static RsaSecretKey rsaKey(String name) {
    try {
      return RsaSecretKey.parsePem(new String(keyFile(name), java.nio.charset.StandardCharsets.US_ASCII));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The configured authorities. */
  public static List<DirAuthority> authorities() {
    return Vectors.text("ctor-docs/dirauthorities")
        .lines()
        .map(
            line -> {
              try {
                return DirAuthority.parse(line.substring("DirAuthority ".length()));
              } catch (MalformedException e) {
                throw new IllegalStateException(e);
              }
            })
        .toList();
  }

  /** Their {@code v3ident}s. */
  public static Set<RsaIdentity> v3idents() {
    Set<RsaIdentity> idents = new HashSet<>();
    authorities().forEach(a -> idents.add(a.v3().orElseThrow()));
    return idents;
  }

  /** Their certificates. */
  public static List<KeyCertificate> certificates() {
    return KeyCertificate.parseAll(text("key-certificates"));
  }

  /** The verified consensus with this file name. */
  public static Consensus consensus(String name) {
    try {
      return UnverifiedConsensus.parse(text(name)).verify(v3idents(), certificates(), NOW);
    } catch (DocumentSyntaxException | UntrustedException e) {
      throw new IllegalStateException(e);
    }
  }
}
