package org.tunic.ledger.params;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.ledger.pow.Argon2idWork;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.MerkleTree;

class ChainsTest {
  static Stream<ChainParams> chains() {
    return Stream.of(Chains.regtest(), Chains.testnet(), TestChains.ltcRegtest());
  }

  @Test
  void regtest_genesis_isBitcoins() {
    assertEquals(
        "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
        Chains.regtest().genesis().hash().display());
  }

  @Test
  void ltcRegtest_genesis_isLitecoins() {
    assertEquals(
        "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
        TestChains.ltcRegtest().genesis().hash().display());
  }

  @ParameterizedTest
  @MethodSource("chains")
  void genesis_ofEachChain_isConsistentAndWorkedFor(ChainParams chain) {
    Block genesis = chain.genesis();
    assertEquals(
        MerkleTree.ofTransactions(genesis.transactions()).root(), genesis.header().merkleRoot());
    Target target = Target.ofBits(genesis.header().bits()).orElseThrow();
    assertEquals(chain.limit(), target);
    assertTrue(target.isMetBy(chain.pow().hash(genesis.header())), chain.name());
  }

  @Test
  void testnet_genesis_paysNobody() {
    var output = Chains.testnet().genesis().transactions().getFirst().outputs().getFirst();
    assertEquals(0, output.amountSat());
    assertTrue(output.scriptPubKey().isUnspendable());
  }

  @Test
  void demoGenesis_anyTime_isWorkedFor() {
    Block genesis = Chains.demoGenesis(1_800_000_000L);
    ChainParams demo = Chains.demo(genesis, 0x8182_8384);
    assertTrue(demo.limit().isMetBy(new Argon2idWork().hash(genesis.header())));
    assertEquals(genesis.header().bits(), demo.nextBits(0, genesis.header().timeSeconds()));
  }

  /** Four bytes that no text begins with: each is above 127, and together they are no UTF-8. */
  @Test
  void testnet_magic_isNoText() {
    int magic = Chains.testnet().magic();
    for (int i = 0; i < 4; i++) {
      assertTrue((magic >>> (8 * i) & 0x80) != 0);
    }
    byte[] wire = {
      (byte) magic, (byte) (magic >>> 8), (byte) (magic >>> 16), (byte) (magic >>> 24)
    };
    assertThrows(
        java.nio.charset.CharacterCodingException.class,
        () ->
            java.nio.charset.StandardCharsets.UTF_8
                .newDecoder()
                .decode(java.nio.ByteBuffer.wrap(wire)));
  }

  @Test
  void subsidy_halves_andOursDoesNot() {
    Subsidy bitcoin = Chains.regtest().subsidy();
    assertEquals(5_000_000_000L, bitcoin.at(149));
    assertEquals(2_500_000_000L, bitcoin.at(150));
    assertEquals(0, bitcoin.at(150 * 64));
    assertEquals(1_000_000_000L, Chains.testnet().subsidy().at(10_000_000));
  }

  @Test
  void activation_byName_movesOneRule() {
    Activation moved = Activation.ALL.with("csv", 432).with("segwit", 432);
    assertEquals(new Activation(1, 1, 1, 432, 432, 0), moved);
    assertThrows(IllegalArgumentException.class, () -> moved.with("mweb", 1));
  }
}
