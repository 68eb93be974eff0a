package org.tunic.bench.relaycell;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.crypto.relaycell.tor1.Tor1RelayLayer;

/**
 * One cell through one layer of tor1: passing on in both directions, made at the last hop, and made
 * at the origin. Passing on is AES-CTR alone unless two bytes happen to be zero; making a cell adds
 * the running SHA-1.
 *
 * <p>Threads: one state per thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Tor1LayerBench {
  private static final int BODY_BYTES = 509;
  private static final int KEY_BYTES = 72;

  private final byte[] in = new byte[BODY_BYTES];
  private final byte[] out = new byte[BODY_BYTES];
  private final Tor1RelayLayer relay = new Tor1RelayLayer(keys());
  private final Tor1OriginLayer origin = new Tor1OriginLayer(keys());

  private static Tor1Keys keys() {
    byte[] material = new byte[KEY_BYTES];
    new Random(1).nextBytes(material);
    return Tor1Keys.ofRelayHop(material);
  }

  @Setup(Level.Iteration)
  public void fill() {
    new Random(2).nextBytes(in);
  }

  @Benchmark
  public boolean relayForward() {
    return relay.forward(in, 0, out, 0);
  }

  @Benchmark
  public byte[] relayBackward() {
    relay.backward(in, 0, out, 0);
    return out;
  }

  @Benchmark
  public byte[] relayOriginate() {
    clearDigest();
    relay.originate(in, 0, out, 0);
    return out;
  }

  @Benchmark
  public byte[] originOriginate() {
    clearDigest();
    origin.originate(in, 0, out, 0);
    return out;
  }

  /** The layer wants recognized (2 bytes at 1) and digest (4 at 5) to be zero. */
  private void clearDigest() {
    in[1] = 0;
    in[2] = 0;
    in[5] = 0;
    in[6] = 0;
    in[7] = 0;
    in[8] = 0;
  }

  @TearDown
  public void close() {
    relay.close();
    origin.close();
  }
}
