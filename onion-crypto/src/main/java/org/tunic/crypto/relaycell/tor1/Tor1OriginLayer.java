package org.tunic.crypto.relaycell.tor1;

/**
 * The tor1 layer of one hop as the origin of the circuit handles it.
 *
 * <p>A forward cell for hop n is sealed by {@link #originate} of layer n and then passes {@link
 * #forward} of the layers n-1 to 0; a backward cell passes {@link #backward} of the layers from 0
 * on until one returns true. Bodies are 509 bytes and go from one array to another, which must be
 * different arrays.
 *
 * <p>Spec: tor-spec/routing-relay-cells
 *
 * <p>Threads: event loop of the circuit; forward and backward share no mutable state.
 */
public final class Tor1OriginLayer implements AutoCloseable {
  private final Tor1Half forward;
  private final Tor1Half backward;

  /** A layer under {@code keys}, which the caller may close afterwards. */
  public Tor1OriginLayer(Tor1Keys keys) {
    this.forward = keys.forwardHalf();
    this.backward = keys.backwardHalf();
  }

  /**
   * Makes a cell for this hop: writes the digest into {@code in} (whose digest field is zero) and
   * adds the layer.
   */
  public void originate(byte[] in, int inOff, byte[] out, int outOff) {
    forward.seal(in, inOff);
    forward.crypt(in, inOff, out, outOff);
  }

  /** Adds this hop's layer to a cell for a hop beyond it. */
  public void forward(byte[] in, int inOff, byte[] out, int outOff) {
    forward.crypt(in, inOff, out, outOff);
  }

  /**
   * Takes this hop's layer off a cell that arrived.
   *
   * @return true if this hop sent the cell, which then has entered the running digest; false: go on
   *     with the next hop's layer
   */
  public boolean backward(byte[] in, int inOff, byte[] out, int outOff) {
    backward.crypt(in, inOff, out, outOff);
    return backward.recognise(out, outOff);
  }

  /** The 20-byte digest of the last cell originated: the tag of the SENDME we expect for it. */
  public void copyForwardTag(byte[] into, int off) {
    forward.copyTag(into, off);
  }

  /** The 20-byte digest of the last cell recognised: the tag of the SENDME we send for it. */
  public void copyBackwardTag(byte[] into, int off) {
    backward.copyTag(into, off);
  }

  /** Wipes what can be wiped. */
  @Override
  public void close() {
    forward.wipe();
    backward.wipe();
  }
}
