package org.tunic.router.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;

/**
 * The extensions of an {@link IntroduceMessage}: whether the client wants congestion control end to
 * end, and a proof of work. {@code version:u8 nonce:16 effort:u32 seedHead:4 solution:16}
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO1_POW_EXT, proposals/324 section 10.3
 *
 * <p>Threads: any, because it has no state.
 */
public final class IntroduceExtensions {
  /** The client wants congestion control: no body. */
  public static final int CONGESTION_CONTROL_REQUEST = 1;

  /** A proof of work. */
  public static final int PROOF_OF_WORK = 2;

  private static final int EQUIX_VERSION = 1;
  private static final int POW_LENGTH = 41;

  private IntroduceExtensions() {}

  /** The list of a client, in C tor's order. */
  public static ExtensionList of(boolean congestionControl, @Nullable PowSolution pow) {
    List<ExtensionList.Extension> extensions = new ArrayList<>(2);
    if (congestionControl) {
      extensions.add(new ExtensionList.Extension(CONGESTION_CONTROL_REQUEST, Bytes.EMPTY));
    }
    if (pow != null) {
      extensions.add(new ExtensionList.Extension(PROOF_OF_WORK, encode(pow)));
    }
    return new ExtensionList(extensions);
  }

  /** Whether the client wants congestion control. */
  public static boolean wantsCongestionControl(ExtensionList extensions) {
    return extensions.first(CONGESTION_CONTROL_REQUEST).isPresent();
  }

  /**
   * The proof of work; empty without one.
   *
   * @throws MalformedException if it is cut short or of another version: C tor drops the whole
   *     introduction then
   */
  public static Optional<PowSolution> proofOfWork(ExtensionList extensions)
      throws MalformedException {
    Bytes body = extensions.first(PROOF_OF_WORK).orElse(null);
    return body == null ? Optional.empty() : Optional.of(decode(body.reader()));
  }

  private static PowSolution decode(ByteReader in) throws MalformedException {
    if (in.u8() != EQUIX_VERSION) {
      throw new MalformedException("proof of work of another version");
    }
    return new PowSolution(
        in.bytes(PowSolution.NONCE_LENGTH),
        in.u32(),
        in.bytes(PowSeed.HEAD_LENGTH),
        in.bytes(PowSolution.EQUIX_LENGTH));
  }

  private static Bytes encode(PowSolution pow) {
    return new ByteWriter(POW_LENGTH)
        .u8(EQUIX_VERSION)
        .bytes(pow.nonce())
        .u32(pow.effort())
        .bytes(pow.seedHead())
        .bytes(pow.equix())
        .toBytes();
  }
}
