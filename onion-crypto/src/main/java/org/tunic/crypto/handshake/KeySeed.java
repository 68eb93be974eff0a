package org.tunic.crypto.handshake;

import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.secret.SecretBytes;

/**
 * What a finished handshake yields: the key material of one hop and the circuit binding KH.
 *
 * <p>Spec: tor-spec/setting-circuit-keys
 *
 * <p>Threads: its owner's, who closes it.
 */
public final class KeySeed implements AutoCloseable {
  /** Length of KH in bytes. */
  public static final int BINDING_LENGTH = 20;

  /** Bytes that an ntor handshake expands to: Df Db Kf Kb KH. */
  public static final int NTOR_LENGTH = Tor1Keys.RELAY_LENGTH + BINDING_LENGTH;

  private final SecretBytes relayKeys;
  private final SecretBytes binding;

  private KeySeed(SecretBytes relayKeys, SecretBytes binding) {
    this.relayKeys = relayKeys;
    this.binding = binding;
  }

  /**
   * Splits {@code material}, which is closed.
   *
   * @param material 92 bytes; KH first for CREATE_FAST, last for ntor
   */
  public static KeySeed split(SecretBytes material, boolean bindingFirst) {
    try (material) {
      byte[] all = material.borrow();
      if (all.length != NTOR_LENGTH) {
        throw new IllegalArgumentException("key material of the wrong length");
      }
      return new KeySeed(
          SecretBytes.copyOf(all, bindingFirst ? BINDING_LENGTH : 0, Tor1Keys.RELAY_LENGTH),
          SecretBytes.copyOf(all, bindingFirst ? 0 : Tor1Keys.RELAY_LENGTH, BINDING_LENGTH));
    }
  }

  /** The tor1 keys of an ordinary hop, with an owner of their own. */
  public Tor1Keys tor1Keys() {
    return Tor1Keys.ofRelayHop(relayKeys.borrow());
  }

  /** KH, 20 bytes: binds later messages to this circuit (ESTABLISH_INTRO). Borrowed. */
  public SecretBytes circuitBinding() {
    return binding;
  }

  /** Df Db Kf Kb, 72 bytes: what {@link #tor1Keys()} splits. Borrowed. */
  public SecretBytes keyMaterial() {
    return relayKeys;
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    relayKeys.close();
    binding.close();
  }
}
