package org.tunic.crypto.relaycell.tor1;

/**
 * The tor1 layer of one hop as the relay at that hop (or the onion service at its end) handles it.
 *
 * <p>Bodies are 509 bytes and go from one array to another, which must be different arrays. Offsets
 * are the first byte of the body (the relay command).
 *
 * <p>Spec: tor-spec/routing-relay-cells
 *
 * <p>Threads: {@link #forward} and {@link #copyForwardTag} on the event loop of the previous
 * channel; {@link #backward}, {@link #originate} and {@link #copyBackwardTag} on that of the next
 * channel (or of the circuit). They share no mutable state.
 */
public final class Tor1RelayLayer implements AutoCloseable {
  private final Tor1Half forward;
  private final Tor1Half backward;

  /** A layer under {@code keys}, which the caller may close afterwards. */
  public Tor1RelayLayer(Tor1Keys keys) {
    this.forward = keys.forwardHalf();
    this.backward = keys.backwardHalf();
  }

  /**
   * Takes this hop's layer off a cell on its way from the origin.
   *
   * @return true if the cell is for this hop: {@code recognized} is zero and the digest matches;
   *     then it has entered the running digest. False: pass {@code out} on, nothing but the key
   *     stream moved.
   */
  public boolean forward(byte[] in, int inOff, byte[] out, int outOff) {
    forward.crypt(in, inOff, out, outOff);
    return forward.recognise(out, outOff);
  }

  /** Adds this hop's layer to a cell that passes on its way to the origin. */
  public void backward(byte[] in, int inOff, byte[] out, int outOff) {
    backward.crypt(in, inOff, out, outOff);
  }

  /**
   * Sends a cell of this hop to the origin: writes the digest into {@code in} (whose digest field
   * is zero) and adds the layer.
   */
  public void originate(byte[] in, int inOff, byte[] out, int outOff) {
    backward.seal(in, inOff);
    backward.crypt(in, inOff, out, outOff);
  }

  /** The 20-byte digest of the last cell recognised: the tag of the SENDME we send for it. */
  public void copyForwardTag(byte[] into, int off) {
    forward.copyTag(into, off);
  }

  /** The 20-byte digest of the last cell originated: the tag of the SENDME we expect for it. */
  public void copyBackwardTag(byte[] into, int off) {
    backward.copyTag(into, off);
  }

  /** Wipes what can be wiped. Only once neither loop uses the layer any more. */
  @Override
  public void close() {
    forward.wipe();
    backward.wipe();
  }
}
