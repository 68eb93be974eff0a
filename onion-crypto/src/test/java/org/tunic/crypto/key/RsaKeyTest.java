package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.Signature;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.SeededRandom;

class RsaKeyTest {
  private static final SeededRandom RANDOM = new SeededRandom(11);
  private static final RsaSecretKey KEY = RsaSecretKey.generate(1024, RANDOM);

  @ParameterizedTest
  @ValueSource(ints = {1024, 2048, 3072})
  void signBare_digest_isTypeOnePaddingAroundTheBareDigest(int bits) {
    RsaSecretKey key = RsaSecretKey.generate(bits, RANDOM);
    assertEquals(bits, key.publicKey().bits());
    for (int length : new int[] {20, 32}) {
      byte[] digest = RANDOM.bytes(length);
      byte[] signature = key.signBare(digest);
      byte[] block =
          new BigInteger(1, signature)
              .modPow(BigInteger.valueOf(65537), key.publicKey().modulus())
              .toByteArray();
      byte[] expected = new byte[bits / 8 - 1];
      Arrays.fill(expected, (byte) 0xff);
      expected[0] = 1;
      expected[expected.length - length - 1] = 0;
      System.arraycopy(digest, 0, expected, expected.length - length, length);
      assertArrayEquals(expected, block);
      assertTrue(key.publicKey().verifyBare(digest, signature));
    }
  }

  @Test
  void verifyBare_signatureWithDigestInfo_isRefused() throws Exception {
    byte[] message = RANDOM.bytes(100);
    Signature withDigestInfo = Signature.getInstance("SHA1withRSA");
    withDigestInfo.initSign(KEY.jdkKey());
    withDigestInfo.update(message);
    byte[] digest = org.tunic.crypto.digest.Sha.sha1(message);
    assertFalse(KEY.publicKey().verifyBare(digest, withDigestInfo.sign()));
  }

  @Test
  void verifyBare_anyBitFlipped_fails() {
    byte[] digest = RANDOM.bytes(32);
    byte[] signature = KEY.signBare(digest);
    for (int bit = 0; bit < 8 * signature.length; bit += 5) {
      byte[] bad = signature.clone();
      bad[bit / 8] ^= (byte) (1 << (bit & 7));
      assertFalse(KEY.publicKey().verifyBare(digest, bad), "bit " + bit);
    }
    digest[0] ^= 1;
    assertFalse(KEY.publicKey().verifyBare(digest, signature));
  }

  @Test
  void verifyBare_otherLengthsAndRanges_fail() {
    RsaPublicKey key = KEY.publicKey();
    byte[] digest = RANDOM.bytes(20);
    byte[] signature = KEY.signBare(digest);
    assertFalse(key.verifyBare(digest, Arrays.copyOf(signature, 127)));
    assertFalse(key.verifyBare(digest, Arrays.copyOf(signature, 129)));
    assertFalse(key.verifyBare(new byte[118], signature));
    byte[] allOnes = new byte[128];
    Arrays.fill(allOnes, (byte) 0xff);
    assertFalse(key.verifyBare(digest, allOnes));
    // The same signature plus the modulus is the same number modulo it, but not a signature.
    byte[] sum = new BigInteger(1, signature).add(key.modulus()).toByteArray();
    if (sum.length == 128) {
      assertFalse(key.verifyBare(digest, sum));
    }
  }

  @Test
  void pem_bothKinds_comeBack() throws Exception {
    RsaSecretKey again = RsaSecretKey.parsePem(KEY.toPem());
    assertEquals(KEY.toPem(), again.toPem());
    assertEquals(KEY.publicKey(), again.publicKey());
    RsaPublicKey publicKey = KEY.publicKey();
    assertEquals(publicKey, RsaPublicKey.parsePem(publicKey.toPem()));
    assertTrue(publicKey.toPem().startsWith("-----BEGIN RSA PUBLIC KEY-----\nMIGJAoGBA"));
    assertTrue(publicKey.toPem().endsWith("\n-----END RSA PUBLIC KEY-----\n"));
    assertEquals(publicKey, RsaPublicKey.parsePkcs1Der(publicKey.pkcs1Der().toArray()));
  }

  @Test
  void parsePem_pkcs8_isRead() throws Exception {
    String pem = Pem.encode("PRIVATE KEY", KEY.jdkKey().getEncoded());
    assertEquals(KEY.publicKey(), RsaSecretKey.parsePem(pem).publicKey());
  }

  @Test
  void parsePem_otherText_isMalformed() {
    String good = KEY.publicKey().toPem();
    for (String bad :
        new String[] {
          "",
          "-----BEGIN RSA PUBLIC KEY-----",
          "-----BEGIN RSA PUBLIC KEY----------END RSA PUBLIC KEY-----",
          good.replace("PUBLIC", "PRIVATE"),
          good.substring(0, good.length() - 30),
          good.replace("MIG", "MI*"),
          KEY.toPem()
        }) {
      assertThrows(MalformedException.class, () -> RsaPublicKey.parsePem(bad));
    }
    assertThrows(MalformedException.class, () -> RsaSecretKey.parsePem(good));
  }

  @Test
  void parsePkcs1Der_keysOutOfBounds_areMalformed() throws Exception {
    BigInteger modulus = KEY.publicKey().modulus();
    BigInteger e = BigInteger.valueOf(65537);
    BigInteger[][] bad = {
      {modulus, BigInteger.valueOf(3)},
      {modulus, BigInteger.ONE},
      {modulus.shiftRight(1).setBit(0), e},
      {modulus.add(BigInteger.ONE), e},
      {BigInteger.ONE.shiftLeft(RsaPublicKey.MAX_BITS).setBit(0), e},
      {modulus.negate(), e},
    };
    for (BigInteger[] key : bad) {
      byte[] der = new RSAPublicKey(key[0], key[1]).getEncoded();
      assertThrows(MalformedException.class, () -> RsaPublicKey.parsePkcs1Der(der));
    }
    byte[] good = KEY.publicKey().pkcs1Der().toArray();
    assertThrows(
        MalformedException.class,
        () -> RsaPublicKey.parsePkcs1Der(Arrays.copyOf(good, good.length + 1)));
    assertThrows(MalformedException.class, () -> RsaPublicKey.parsePkcs1Der(new byte[100_000]));
  }

  @Test
  void generate_sizeOutOfBounds_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> RsaSecretKey.generate(512, RANDOM));
    assertThrows(IllegalArgumentException.class, () -> RsaSecretKey.generate(8192, RANDOM));
  }

  @Test
  void generate_sameSeed_givesTheSameKey() {
    assertEquals(
        RsaSecretKey.generate(1024, new SeededRandom(1)).publicKey(),
        RsaSecretKey.generate(1024, new SeededRandom(1)).publicKey());
  }
}
