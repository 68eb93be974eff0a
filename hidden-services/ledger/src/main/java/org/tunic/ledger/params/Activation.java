package org.tunic.ledger.params;

/**
 * The heights from which rules hold that came after the first release. All are overridable, since
 * older nodes of other projects differ on test chains.
 *
 * <p>Threads: immutable.
 *
 * @param bip34 the coinbase begins with the height
 * @param bip65 CHECKLOCKTIMEVERIFY
 * @param bip66 strict DER
 * @param csv relative lock times: BIP 68, 112, 113
 * @param segwit witnesses: BIP 141, 143, 147
 * @param taproot BIP 341, 342
 */
public record Activation(int bip34, int bip65, int bip66, int csv, int segwit, int taproot) {
  /** Never. */
  public static final int NEVER = Integer.MAX_VALUE;

  /** Everything from the first block after genesis, taproot and segwit from genesis. */
  public static final Activation ALL = new Activation(1, 1, 1, 1, 0, 0);

  /**
   * With another height, as Bitcoin Core's option {@code -testactivationheight=name@height} says.
   *
   * @param name bip34, dersig, cltv, csv, segwit or taproot
   * @throws IllegalArgumentException if there is no such name
   */
  public Activation with(String name, int height) {
    return switch (name) {
      case "bip34" -> new Activation(height, bip65, bip66, csv, segwit, taproot);
      case "cltv" -> new Activation(bip34, height, bip66, csv, segwit, taproot);
      case "dersig" -> new Activation(bip34, bip65, height, csv, segwit, taproot);
      case "csv" -> new Activation(bip34, bip65, bip66, height, segwit, taproot);
      case "segwit" -> new Activation(bip34, bip65, bip66, csv, height, taproot);
      case "taproot" -> new Activation(bip34, bip65, bip66, csv, segwit, height);
      default -> throw new IllegalArgumentException("no rule is called " + name);
    };
  }
}
