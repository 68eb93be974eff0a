package org.tunic.ledger.consensus;

import org.tunic.ledger.params.Activation;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.script.ScriptFlag;
import org.tunic.ledger.script.ScriptFlags;

/**
 * Where a block stands: what the rules ask of the chain behind it.
 *
 * <p>Threads: immutable.
 *
 * @param height of the block
 * @param previousMedianTime median of the times of the eleven blocks before it
 */
public record BlockPlace(ChainParams params, int height, long previousMedianTime) {
  private Activation activation() {
    return params.activation();
  }

  boolean hasRelativeLockTimes() {
    return height >= activation().csv();
  }

  boolean hasWitnesses() {
    return height >= activation().segwit();
  }

  boolean hasHeightInCoinbase() {
    return height >= activation().bip34();
  }

  /** The rules for scripts in the block. */
  public ScriptFlags flags() {
    ScriptFlags flags = ScriptFlags.of(ScriptFlag.P2SH);
    flags = activation().bip66() <= height ? flags.with(ScriptFlag.DERSIG) : flags;
    flags = activation().bip65() <= height ? flags.with(ScriptFlag.CHECKLOCKTIMEVERIFY) : flags;
    flags = hasRelativeLockTimes() ? flags.with(ScriptFlag.CHECKSEQUENCEVERIFY) : flags;
    flags = hasWitnesses() ? flags.with(ScriptFlag.WITNESS).with(ScriptFlag.NULLDUMMY) : flags;
    return activation().taproot() <= height ? flags.with(ScriptFlag.TAPROOT) : flags;
  }
}
