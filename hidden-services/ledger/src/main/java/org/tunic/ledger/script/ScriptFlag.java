package org.tunic.ledger.script;

/**
 * A rule that came after the first release, by the name the vectors use.
 *
 * <p>Threads: immutable.
 */
public enum ScriptFlag {
  /** BIP 16. */
  P2SH,
  /** Policy: signatures and keys in their one right form. */
  STRICTENC,
  /** BIP 66. */
  DERSIG,
  /** Policy: S at most half the order. */
  LOW_S,
  /** BIP 147. */
  NULLDUMMY,
  /** Policy: scriptSig only pushes. */
  SIGPUSHONLY,
  /** Policy: shortest pushes and numbers. */
  MINIMALDATA,
  /** Policy. */
  DISCOURAGE_UPGRADABLE_NOPS,
  /** Policy: one element is left. */
  CLEANSTACK,
  /** BIP 65. */
  CHECKLOCKTIMEVERIFY,
  /** BIP 112. */
  CHECKSEQUENCEVERIFY,
  /** BIP 141, 143. */
  WITNESS,
  /** Policy. */
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM,
  /** Policy for version 0, consensus in tapscript: IF takes nothing or 1. */
  MINIMALIF,
  /** Policy: a signature that fails is empty. */
  NULLFAIL,
  /** Policy: keys in witnesses are compressed. */
  WITNESS_PUBKEYTYPE,
  /** Policy: no CODESEPARATOR and no signature within a script that is signed. */
  CONST_SCRIPTCODE,
  /** BIP 341, 342. */
  TAPROOT,
  /** Policy. */
  DISCOURAGE_UPGRADABLE_TAPROOT_VERSION,
  /** Policy. */
  DISCOURAGE_OP_SUCCESS,
  /** Policy. */
  DISCOURAGE_UPGRADABLE_PUBKEYTYPE;

  int bit() {
    return 1 << ordinal();
  }
}
