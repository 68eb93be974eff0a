package org.tunic.ledger.script;

/**
 * A rule that came after the first release, by the name the vectors use.
 *
 * <p>Threads: immutable.
 */
public enum ScriptFlag {
  /** BIP 16. */
  P2SH(0),
  /** Policy: signatures and keys in their one right form. */
  STRICTENC(1),
  /** BIP 66. */
  DERSIG(2),
  /** Policy: S at most half the order. */
  LOW_S(3),
  /** BIP 147. */
  NULLDUMMY(4),
  /** Policy: scriptSig only pushes. */
  SIGPUSHONLY(5),
  /** Policy: shortest pushes and numbers. */
  MINIMALDATA(6),
  /** Policy. */
  DISCOURAGE_UPGRADABLE_NOPS(7),
  /** Policy: one element is left. */
  CLEANSTACK(8),
  /** BIP 65. */
  CHECKLOCKTIMEVERIFY(9),
  /** BIP 112. */
  CHECKSEQUENCEVERIFY(10),
  /** BIP 141, 143. */
  WITNESS(11),
  /** Policy. */
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM(12),
  /** Policy for version 0, consensus in tapscript: IF takes nothing or 1. */
  MINIMALIF(13),
  /** Policy: a signature that fails is empty. */
  NULLFAIL(14),
  /** Policy: keys in witnesses are compressed. */
  WITNESS_PUBKEYTYPE(15),
  /** Policy: no CODESEPARATOR and no signature within a script that is signed. */
  CONST_SCRIPTCODE(16),
  /** BIP 341, 342. */
  TAPROOT(17),
  /** Policy. */
  DISCOURAGE_UPGRADABLE_TAPROOT_VERSION(18),
  /** Policy. */
  DISCOURAGE_OP_SUCCESS(19),
  /** Policy. */
  DISCOURAGE_UPGRADABLE_PUBKEYTYPE(20);

  private final int position;

  ScriptFlag(int position) {
    this.position = position;
  }

  int bit() {
    return 1 << position;
  }
}
