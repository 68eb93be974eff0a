package org.tunic.ledger.script;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.primitive.WireWriter;

/**
 * The hashes of BIP 340: SHA-256 with the hash of a name, twice, in front.
 *
 * <p>Threads: immutable.
 */
public final class TaggedHash {
  /** A leaf of a script tree. */
  public static final TaggedHash LEAF = new TaggedHash("TapLeaf");

  /** A branch of a script tree. */
  public static final TaggedHash BRANCH = new TaggedHash("TapBranch");

  /** What an internal key is tweaked with. */
  public static final TaggedHash TWEAK = new TaggedHash("TapTweak");

  /** What a taproot signature signs. */
  public static final TaggedHash SIGHASH = new TaggedHash("TapSighash");

  private final byte[] prefix;

  private TaggedHash(String tag) {
    this.prefix = Sha.sha256(tag.getBytes(StandardCharsets.US_ASCII));
  }

  /** 32 bytes over the concatenation of {@code parts}. */
  public byte[] of(byte[]... parts) {
    MessageDigest digest = Sha.newSha256();
    digest.update(prefix);
    digest.update(prefix);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** Hash of a leaf: version of the leaf, then the script with its length. */
  public static byte[] leaf(int version, byte[] script) {
    return LEAF.of(new WireWriter(script.length + 6).u8(version).string(script).toArray());
  }
}
