package org.tunic.ledger.params;

import java.util.Optional;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.address.AddressFormat;
import org.tunic.ledger.pow.Argon2idWork;
import org.tunic.ledger.pow.Asert;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.pow.Sha256dWork;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.TxOutput;

/**
 * The chains there are. {@code main} gets its first block with a release.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Chains {
  /** 21 million coins, in Bitcoin's units. */
  static final long BITCOIN_MAX_MONEY = 2_100_000_000_000_000L;

  private static final long COIN = 100_000_000L;

  /** 90 million coins, below 2^53: 10 coins a block reach it after 85 years. */
  private static final long MAX_MONEY = 90_000_000L * COIN;

  private static final long SUBSIDY = 10 * COIN;
  private static final int SPACING_SECONDS = 300;
  private static final int HALF_LIFE_SECONDS = 3 * 3600;
  private static final int FUTURE_LIMIT_SECONDS = 600;
  private static final int MATURITY = 100;

  private static final int DEMO_SPACING_SECONDS = 5;
  private static final int DEMO_HALF_LIFE_SECONDS = 180;
  private static final int DEMO_MATURITY = 5;

  /** About a thousand hashes, a second or two of one core. */
  private static final int ARGON2_LIMIT_BITS = 0x1f3f_ffff;

  /** About two hashes. */
  private static final int REGTEST_LIMIT_BITS = 0x207f_ffff;

  private static final String TESTNET_TEXT = "Tunic testnet 1, 28 November 2026";
  private static final long TESTNET_TIME = 1_795_824_000L;
  private static final int TESTNET_NONCE = 1452;

  private static final String BITCOIN_TEXT =
      "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";
  private static final String BITCOIN_SCRIPT =
      "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
          + "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac";

  private Chains() {}

  /** Bitcoin's own test chain, which other nodes speak: any block, at once, with SHA-256. */
  public static ChainParams regtest() {
    Target limit = target(REGTEST_LIMIT_BITS);
    TxOutput output = new TxOutput(50 * COIN, script(BITCOIN_SCRIPT));
    return new ChainParams(
        "regtest",
        0xdab5_bffa,
        18_444,
        new AddressFormat(111, 196, 239, "bcrt"),
        Genesis.of(BITCOIN_TEXT, output, 1, 1_296_688_602L, REGTEST_LIMIT_BITS, 2),
        new Sha256dWork(),
        limit,
        Optional.empty(),
        7200,
        new Subsidy(50 * COIN, 150),
        MATURITY,
        BITCOIN_MAX_MONEY,
        Activation.ALL);
  }

  /** Our public test chain; it may begin anew with any release. */
  public static ChainParams testnet() {
    Target limit = target(ARGON2_LIMIT_BITS);
    return own(
        "testnet",
        0xa7d1_9ef4,
        "tunt",
        Genesis.unpaid(TESTNET_TEXT, TESTNET_TIME, limit, TESTNET_NONCE),
        new Argon2idWork(),
        limit,
        SPACING_SECONDS,
        HALF_LIFE_SECONDS,
        MATURITY);
  }

  /**
   * A chain for one demo.
   *
   * @param genesis made by {@link #demoGenesis}, and kept with the demo
   * @param magic drawn with it
   */
  public static ChainParams demo(Block genesis, int magic) {
    return own(
        "demo",
        magic,
        "tund",
        genesis,
        new Argon2idWork(),
        target(ARGON2_LIMIT_BITS),
        DEMO_SPACING_SECONDS,
        DEMO_HALF_LIFE_SECONDS,
        DEMO_MATURITY);
  }

  /** The first block of a demo; takes a second or two. */
  public static Block demoGenesis(long timeSeconds) {
    PowFunction pow = new Argon2idWork();
    return Genesis.mine("Tunic demo", timeSeconds, target(ARGON2_LIMIT_BITS), pow);
  }

  private static ChainParams own(
      String name,
      int magic,
      String witnessPrefix,
      Block genesis,
      PowFunction pow,
      Target limit,
      int spacingSeconds,
      int halfLifeSeconds,
      int maturity) {
    Asert asert =
        new Asert(
            spacingSeconds,
            halfLifeSeconds,
            limit,
            0,
            genesis.header().timeSeconds() - spacingSeconds,
            genesis.header().bits());
    return new ChainParams(
        name,
        magic,
        17_861,
        new AddressFormat(127, 132, 255, witnessPrefix),
        genesis,
        pow,
        limit,
        Optional.of(asert),
        FUTURE_LIMIT_SECONDS,
        new Subsidy(SUBSIDY, 0),
        maturity,
        MAX_MONEY,
        Activation.ALL);
  }

  private static Target target(int bits) {
    return Target.ofBits(bits).orElseThrow();
  }

  private static Script script(String hex) {
    try {
      return Script.fromHex(hex);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
