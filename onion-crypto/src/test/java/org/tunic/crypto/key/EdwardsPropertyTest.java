package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.testing.SeededRandom;

/** The arithmetic of our own against big integers and against Bouncy Castle's signer. */
class EdwardsPropertyTest {
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  private static BigInteger number(byte[] littleEndian) {
    byte[] big = new byte[littleEndian.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return new BigInteger(1, big);
  }

  private static byte[] bytes(BigInteger number, int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = number.shiftRight(8 * i).byteValue();
    }
    return out;
  }

  @Test
  void reduce_edgesAndRandomNumbers_isTheRemainder() {
    SeededRandom random = new SeededRandom(1);
    for (int i = 0; i < 2000; i++) {
      byte[] wide =
          switch (i) {
            case 0 -> new byte[64];
            case 1 -> filled(64);
            default ->
                i < 300
                    ? bytes(
                        ORDER
                            .multiply(new BigInteger(random.nextInt(259), random))
                            .add(BigInteger.valueOf(random.nextInt(5) - 2))
                            .max(BigInteger.ZERO),
                        64)
                    : random.bytes(64);
          };
      assertArrayEquals(
          bytes(number(wide).mod(ORDER), 32), EdwardsScalar.reduce(wide), random + " run " + i);
    }
  }

  @Test
  void multiplyAdd_edgesAndRandomNumbers_isTheRemainder() {
    SeededRandom random = new SeededRandom(2);
    for (int i = 0; i < 2000; i++) {
      byte[] a = i % 7 == 0 ? filled(32) : random.bytes(32);
      byte[] b = i % 5 == 0 ? filled(32) : random.bytes(32);
      byte[] c = i % 3 == 0 ? filled(32) : random.bytes(32);
      BigInteger expected = number(a).multiply(number(b)).add(number(c)).mod(ORDER);
      assertArrayEquals(
          bytes(expected, 32), EdwardsScalar.multiplyAdd(a, b, c), random + " run " + i);
    }
  }

  private static byte[] filled(int length) {
    byte[] out = new byte[length];
    Arrays.fill(out, (byte) 0xff);
    return out;
  }

  @Test
  void sign_randomSeedsAndMessages_equalsBouncyCastle() {
    SeededRandom random = new SeededRandom(3);
    for (int i = 0; i < 100; i++) {
      byte[] seed = random.bytes(32);
      byte[] message = random.bytes(random.nextInt(300));
      byte[] expected = new byte[64];
      org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
          seed, 0, message, 0, message.length, expected, 0);
      try (var keys = Ed25519Keypair.fromSeed(seed)) {
        assertArrayEquals(expected, keys.sign(message), random + " run " + i);
      }
    }
  }

  @Test
  void verify_anyBitFlipped_fails() {
    SeededRandom random = new SeededRandom(4);
    try (var keys = Ed25519Keypair.generate(random)) {
      byte[] message = random.bytes(20);
      byte[] signature = keys.sign(message);
      for (int bit = 0; bit < 512; bit++) {
        byte[] bad = signature.clone();
        bad[bit / 8] ^= (byte) (1 << (bit & 7));
        assertFalse(Ed25519.verify(keys.identity(), message, bad), "signature bit " + bit);
      }
      for (int bit = 0; bit < 160; bit++) {
        byte[] bad = message.clone();
        bad[bit / 8] ^= (byte) (1 << (bit & 7));
        assertFalse(Ed25519.verify(keys.identity(), bad, signature), "message bit " + bit);
      }
      for (int bit = 0; bit < 256; bit++) {
        byte[] bad = keys.identity().bytes().toArray();
        bad[bit / 8] ^= (byte) (1 << (bit & 7));
        assertFalse(Ed25519.verify(Ed25519Identity.of(bad), message, signature), "key bit " + bit);
      }
      assertFalse(Ed25519.verify(keys.identity(), message, new byte[63]));
      assertFalse(Ed25519.verify(keys.identity(), message, new byte[65]));
    }
  }

  @Test
  void verify_sPlusTheOrder_fails() {
    SeededRandom random = new SeededRandom(5);
    try (var keys = Ed25519Keypair.generate(random)) {
      byte[] signature = keys.sign(new byte[0]);
      BigInteger s = number(Arrays.copyOfRange(signature, 32, 64)).add(ORDER);
      System.arraycopy(bytes(s, 32), 0, signature, 32, 32);
      assertFalse(Ed25519.verify(keys.identity(), new byte[0], signature));
    }
  }

  @Test
  void multiply_twoScalarsInTurn_commutes() {
    SeededRandom random = new SeededRandom(6);
    for (int i = 0; i < 30; i++) {
      byte[] a = random.bytes(32);
      byte[] b = random.bytes(32);
      byte[] ab = EdwardsPoint.multiplyBase(a).multiply(b).encode();
      assertArrayEquals(ab, EdwardsPoint.multiplyBase(b).multiply(a).encode(), random::toString);
      byte[] product = EdwardsScalar.multiplyAdd(a, b, new byte[32]);
      assertArrayEquals(ab, EdwardsPoint.multiplyBase(product).encode(), random::toString);
    }
  }

  @Test
  void multiplyBase_smallScalars_isRepeatedAddition() {
    EdwardsPoint base = EdwardsPoint.multiplyBase(bytes(BigInteger.ONE, 32));
    EdwardsPoint sum = EdwardsPoint.multiplyBase(new byte[32]);
    for (int i = 0; i < 40; i++) {
      byte[] scalar = bytes(BigInteger.valueOf(i), 32);
      assertArrayEquals(sum.encode(), EdwardsPoint.multiplyBase(scalar).encode());
      assertArrayEquals(sum.encode(), base.multiply(scalar).encode());
      sum = sum.plus(base);
    }
    assertArrayEquals(
        EdwardsPoint.multiplyBase(new byte[32]).encode(), base.multiply(bytes(ORDER, 32)).encode());
  }

  @Test
  void decode_pointsAndOthers_acceptsPointsOnly() {
    SeededRandom random = new SeededRandom(7);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] encoded = random.bytes(32);
      EdwardsPoint point = EdwardsPoint.decode(encoded);
      BigInteger y = number(encoded).clearBit(255);
      BigInteger yy = y.multiply(y).mod(PRIME);
      BigInteger d =
          BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(PRIME));
      BigInteger xx =
          yy.subtract(BigInteger.ONE)
              .multiply(d.multiply(yy).add(BigInteger.ONE).modInverse(PRIME))
              .mod(PRIME);
      boolean square =
          xx.modPow(PRIME.subtract(BigInteger.ONE).shiftRight(1), PRIME).equals(BigInteger.ONE);
      assertEquals(square, point != null, random + " run " + i);
      if (point == null) {
        refused++;
      } else {
        assertArrayEquals(encoded, point.encode(), random + " run " + i);
      }
    }
    assertFalse(refused == 0);
  }

  @Test
  void decode_zeroXWithSign_isRefused() {
    byte[] neutral = bytes(BigInteger.ONE, 32);
    assertNotNull(EdwardsPoint.decode(neutral));
    neutral[31] |= (byte) 0x80;
    assertNull(EdwardsPoint.decode(neutral));
  }

  @Test
  void fromExpanded_unclampedOrShort_isMalformed() {
    byte[] good = Sha.sha512(new byte[] {1});
    assertThrows(MalformedException.class, () -> Ed25519Keypair.fromExpanded(new byte[64]));
    assertThrows(
        MalformedException.class, () -> Ed25519Keypair.fromExpanded(Arrays.copyOf(good, 63)));
    assertThrows(MalformedException.class, () -> NtorOnionKeypair.fromSecret(new byte[31]));
    assertThrows(
        IllegalArgumentException.class, () -> Ed25519Keypair.fromSeed(Arrays.copyOf(good, 31)));
  }

  @Test
  void close_keypair_wipesIt() {
    Ed25519Keypair keys = Ed25519Keypair.generate(new SeededRandom(10));
    byte[] secret = keys.expandedSecret().borrow();
    keys.close();
    assertArrayEquals(new byte[64], secret);
    assertThrows(IllegalStateException.class, () -> keys.sign(new byte[1]));
  }
}
