package org.tunic.bench.onion;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.hsntor.HsNtorClient;
import org.tunic.crypto.handshake.hsntor.HsNtorService;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowSolver;
import org.tunic.crypto.pow.PowV1;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.Introduce1;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.IntroduceExtensions;
import org.tunic.router.cell.IntroduceMessage;
import org.tunic.router.cell.RendezvousCookie;

/**
 * Introductions that one core opens in a second, for a service with two descriptors up: without
 * proof of work, and with a proof that is verified.
 *
 * <p>Threads: one state per thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class IntroductionBench {
  private static final long EFFORT = 8;

  private final SecureRandom random = new SecureRandom();
  private final Ed25519Keypair authKey = Ed25519Keypair.generate(random);
  private final NtorOnionKeypair encKey = NtorOnionKeypair.generate(random);
  private final Subcredential subcredential = new Subcredential(Bytes.copyOf(bytes(32)));
  private final List<Subcredential> subcredentials =
      List.of(new Subcredential(Bytes.copyOf(bytes(32))), subcredential);
  private final HsBlindedId service = new HsBlindedId(Ed25519Identity.of(bytes(32)));
  private final PowSeed seed = PowSeed.generate(random);
  private final Introduce2 plain = introduction(null);
  private final Introduce2 proved =
      introduction(new PowSolver().solve(service, seed, EFFORT, random, () -> true).orElseThrow());

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private Introduce2 introduction(@Nullable PowSolution pow) {
    Bytes clear = Introduce1.clearPart(authKey.identity());
    Bytes inner =
        new IntroduceMessage(
                RendezvousCookie.generate(random),
                IntroduceExtensions.of(true, pow),
                NtorOnionKeypair.generate(random).publicKey(),
                List.of())
            .encode(clear);
    IntroPointKeys keys = new IntroPointKeys(authKey.identity(), encKey.publicKey());
    try (HsNtorClient client = HsNtorClient.begin(keys, subcredential, random)) {
      return new Introduce1(authKey.identity(), ExtensionList.EMPTY, client.seal(clear, inner))
          .toService();
    } catch (HandshakeFailedException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<PowSolution> open(Introduce2 sealed)
      throws HandshakeFailedException, MalformedException {
    try (HsNtorService opened =
        HsNtorService.open(
            authKey.identity(), encKey, subcredentials, sealed.clearPart(), sealed.encrypted())) {
      return IntroduceExtensions.proofOfWork(
          IntroduceMessage.decode(opened.message().reader()).extensions());
    }
  }

  /** An introduction without proof of work is opened. */
  @Benchmark
  public Optional<PowSolution> without() throws HandshakeFailedException, MalformedException {
    return open(plain);
  }

  /** One with proof of work is opened, and the proof verified. */
  @Benchmark
  public boolean with() throws HandshakeFailedException, MalformedException {
    return PowV1.verify(open(proved).orElseThrow(), service, seed);
  }
}
