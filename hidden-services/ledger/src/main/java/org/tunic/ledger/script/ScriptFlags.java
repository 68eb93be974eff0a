package org.tunic.ledger.script;

/**
 * A set of rules.
 *
 * <p>Threads: immutable.
 *
 * @param bits one for each {@link ScriptFlag}
 */
public record ScriptFlags(int bits) {
  /** The rules of the first release. */
  public static final ScriptFlags NONE = new ScriptFlags(0);

  /** The rules for blocks, where all of them are in force. */
  public static final ScriptFlags CONSENSUS =
      of(
          ScriptFlag.P2SH,
          ScriptFlag.DERSIG,
          ScriptFlag.NULLDUMMY,
          ScriptFlag.CHECKLOCKTIMEVERIFY,
          ScriptFlag.CHECKSEQUENCEVERIFY,
          ScriptFlag.WITNESS,
          ScriptFlag.TAPROOT);

  /** What a transaction must keep to be relayed: every rule. */
  public static final ScriptFlags STANDARD = of(ScriptFlag.values());

  /** The set of {@code flags}. */
  public static ScriptFlags of(ScriptFlag... flags) {
    int bits = 0;
    for (ScriptFlag flag : flags) {
      bits |= flag.bit();
    }
    return new ScriptFlags(bits);
  }

  /** Whether {@code flag} is in force. */
  public boolean has(ScriptFlag flag) {
    return (bits & flag.bit()) != 0;
  }

  /** With {@code flag}. */
  public ScriptFlags with(ScriptFlag flag) {
    return new ScriptFlags(bits | flag.bit());
  }

  /** Without {@code flag}. */
  public ScriptFlags without(ScriptFlag flag) {
    return new ScriptFlags(bits & ~flag.bit());
  }
}
