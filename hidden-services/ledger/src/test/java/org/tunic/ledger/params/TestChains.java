package org.tunic.ledger.params;

import java.util.Optional;
import org.bouncycastle.crypto.generators.SCrypt;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.address.AddressFormat;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.TxOutput;

/** Chains of others that only tests speak. */
public final class TestChains {
  private static final int BITS = 0x207f_ffff;

  private TestChains() {}

  /** scrypt with N = 1024, the header being password and salt. */
  public static final class ScryptWork implements PowFunction {
    @Override
    public Hash256 hash(BlockHeader header) {
      byte[] bytes = header.toArray();
      return Hash256.copyOf(SCrypt.generate(bytes, bytes, 1024, 1, 1, Hash256.LENGTH));
    }

    @Override
    public Grinder grinder(Hash256 previous) {
      return this::hash;
    }

    @Override
    public boolean isExpensive() {
      return true;
    }
  }

  /** Litecoin's regtest, since a node of it is a Debian package. */
  public static ChainParams ltcRegtest() {
    Target limit = Target.ofBits(BITS).orElseThrow();
    TxOutput output =
        new TxOutput(
            5_000_000_000L,
            script(
                "41040184710fa689ad5023690c80f3a49c8f13f8d45b8c857fbcbc8bc4a8e4d3eb4b10f4d4604f"
                    + "a08dce601aaf0f470216fe1b51850b4acf21b179c45070ac7b03a9ac"));
    return new ChainParams(
        "ltc-regtest",
        0xdab5_bffa,
        19_444,
        new AddressFormat(111, 58, 239, "rltc"),
        Genesis.of(
            "NY Times 05/Oct/2011 Steve Jobs, Apple’s Visionary, Dies at 56",
            output,
            1,
            1_296_688_602L,
            BITS,
            0),
        new ScryptWork(),
        limit,
        Optional.empty(),
        7200,
        new Subsidy(5_000_000_000L, 150),
        100,
        8_400_000_000_000_000L,
        new Activation(500, 1351, 1251, 432, 0, 0));
  }

  /** Regtest where new coins ripen after {@code maturity} blocks. */
  public static ChainParams ripening(int maturity) {
    ChainParams regtest = Chains.regtest();
    return new ChainParams(
        regtest.name(),
        regtest.magic(),
        regtest.defaultPort(),
        regtest.addresses(),
        regtest.genesis(),
        regtest.pow(),
        regtest.limit(),
        regtest.asert(),
        regtest.futureLimitSeconds(),
        regtest.subsidy(),
        maturity,
        regtest.maxMoneySat(),
        regtest.activation());
  }

  private static Script script(String hex) {
    try {
      return Script.fromHex(hex);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
