package org.tunic.directory;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.UntrustedException;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.routerdescriptor.RelaySigningKeys;
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

  private static final int TAG = 32;

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
      // C tor leaves a NUL behind the PEM of its relay keys.
      String pem = new String(keyFile(name), StandardCharsets.US_ASCII).replace("\0", "");
      return RsaSecretKey.parsePem(pem);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All keys of {@code relay}, such as "relay0", with which it signs its descriptors. */
  public static RelaySigningKeys signingKeys(String relay) {
    try {
      return new RelaySigningKeys(
          rsaKey(relay + "/secret_id_key"),
          rsaKey(relay + "/secret_onion_key"),
          NtorOnionKeypair.fromSecret(tagged(relay + "/secret_onion_key_ntor", 32)),
          Ed25519Keypair.fromExpanded(tagged(relay + "/ed25519_signing_secret_key", 64)),
          Ed25519Certificate.parse(
              tagged(
                  relay + "/ed25519_signing_cert",
                  keyFile(relay + "/ed25519_signing_cert").length - TAG)),
          List.of());
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What follows the 32-byte tag of a key file. */
  private static byte[] tagged(String name, int length) {
    return Arrays.copyOfRange(keyFile(name), TAG, TAG + length);
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
