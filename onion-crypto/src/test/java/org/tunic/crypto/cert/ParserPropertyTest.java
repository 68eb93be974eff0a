package org.tunic.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.testing.SeededRandom;

/** Whatever comes in, a parser answers with a value or with {@link MalformedException}. */
class ParserPropertyTest {
  private static final SeededRandom KEYS = new SeededRandom(20);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final RsaSecretKey RSA = RsaSecretKey.generate(1024, KEYS);

  private interface Parse {
    void accept(byte[] input) throws MalformedException;
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  enum Parser {
    ED25519_CERTIFICATE(Ed25519Certificate::parse),
    CROSS_CERTIFICATE(RsaCrossCertificate::parse),
    X509(X509Certificate::parse),
    RSA_DER(RsaPublicKey::parsePkcs1Der),
    RSA_PEM(b -> RsaPublicKey.parsePem(latin(b))),
    RSA_SECRET_PEM(b -> RsaSecretKey.parsePem(latin(b))),
    EXPANDED_SECRET(Ed25519Keypair::fromExpanded),
    NTOR_SECRET(NtorOnionKeypair::fromSecret),
    HEX(b -> Hex.decode(latin(b))),
    BASE64(b -> Base64s.decode(latin(b))),
    BASE64_LINES(b -> Base64s.decodeLines(latin(b))),
    BASE32(b -> Base32.decode(latin(b))),
    RSA_IDENTITY(b -> RsaIdentity.fromHex(latin(b))),
    ED25519_IDENTITY(b -> Ed25519Identity.fromBase64(latin(b))),
    NTOR_KEY(b -> NtorPublicKey.fromBase64(latin(b)));

    @SuppressWarnings("ImmutableEnumChecker") // They are method references.
    private final Parse parse;

    Parser(Parse parse) {
      this.parse = parse;
    }
  }

  /** Something that each parser with a form of its own reads, to be spoilt. */
  private static Map<Parser, byte[]> good() {
    Map<Parser, byte[]> good = new LinkedHashMap<>();
    Ed25519Keypair signer = Ed25519Keypair.generate(KEYS);
    good.put(
        Parser.ED25519_CERTIFICATE,
        Ed25519Certificate.certify(CertificateType.SIGNING, NOW, signer.identity(), signer, true)
            .encoded()
            .toArray());
    good.put(
        Parser.CROSS_CERTIFICATE,
        RsaCrossCertificate.sign(signer.identity(), NOW, RSA).encoded().toArray());
    good.put(
        Parser.X509,
        X509Certificates.create(
                RSA, RSA.publicKey(), RSA.publicKey(), Duration.ofDays(9), NOW, KEYS)
            .link()
            .der()
            .toArray());
    good.put(Parser.RSA_DER, RSA.publicKey().pkcs1Der().toArray());
    good.put(Parser.RSA_PEM, RSA.publicKey().toPem().getBytes(StandardCharsets.US_ASCII));
    good.put(Parser.RSA_SECRET_PEM, RSA.toPem().getBytes(StandardCharsets.US_ASCII));
    return good;
  }

  private static void feed(Parser parser, byte[] input, SeededRandom random) {
    try {
      parser.parse.accept(input);
    } catch (MalformedException expected) {
      // The only way to refuse.
    } catch (RuntimeException | Error e) {
      fail(parser + ", " + random + ", input " + Hex.encode(input), e);
    }
  }

  @ParameterizedTest
  @EnumSource(Parser.class)
  void parse_randomBytes_throwsNothingElse(Parser parser) {
    SeededRandom random = new SeededRandom(parser.name().hashCode());
    for (int i = 0; i < 3000; i++) {
      feed(parser, random.bytes(random.nextInt(300)), random);
    }
  }

  @Test
  void parse_spoiltInput_throwsNothingElse() {
    SeededRandom random = new SeededRandom(77);
    good()
        .forEach(
            (parser, good) -> {
              for (int i = 0; i < 3000; i++) {
                byte[] bad = good.clone();
                for (int n = random.nextInt(1, 5); n > 0; n--) {
                  bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
                if (random.nextInt(4) == 0) {
                  bad = Arrays.copyOf(bad, random.nextInt(2 * bad.length));
                }
                feed(parser, bad, random);
              }
            });
  }

  @Test
  void parse_goodInput_isRead() throws Exception {
    for (Map.Entry<Parser, byte[]> e : good().entrySet()) {
      e.getKey().parse.accept(e.getValue());
      byte[] longer = Arrays.copyOf(e.getValue(), e.getValue().length + 1);
      longer[longer.length - 1] = 'x';
      assertThrows(MalformedException.class, () -> e.getKey().parse.accept(longer));
    }
  }

  /** Nested as deep as the greatest length allows: the parser must not run out of stack. */
  @Test
  void parse_deeplyNestedDer_isMalformed() {
    for (int head : new int[] {0x30, 0x31, 0x24, 0xa0}) {
      byte[] indefinite = new byte[X509Certificate.MAX_LENGTH];
      for (int i = 0; i + 1 < indefinite.length; i += 2) {
        indefinite[i] = (byte) head;
        indefinite[i + 1] = (byte) 0x80;
      }
      feed(Parser.X509, indefinite, KEYS);
      byte[] definite = new byte[X509Certificate.MAX_LENGTH];
      for (int i = 0; i + 3 < definite.length; i += 4) {
        int rest = definite.length - i - 4;
        definite[i] = (byte) head;
        definite[i + 1] = (byte) 0x82;
        definite[i + 2] = (byte) (rest >> 8);
        definite[i + 3] = (byte) rest;
      }
      feed(Parser.X509, definite, KEYS);
      feed(Parser.RSA_DER, Arrays.copyOf(indefinite, 500), KEYS);
    }
    assertThrows(
        MalformedException.class,
        () -> X509Certificate.parse(new byte[X509Certificate.MAX_LENGTH + 1]));
  }

  @Test
  void parse_extensionsOfEd25519Certificates_followTheFlags() throws Exception {
    Ed25519Keypair signer = Ed25519Keypair.generate(KEYS);
    Ed25519Identity key = signer.identity();
    byte[] plain =
        Ed25519Certificate.certify(CertificateType.SIGNING, NOW, key, signer, false)
            .encoded()
            .toArray();
    // One extension of an unknown type, three bytes long, with flags 0 and then 1.
    byte[] extended = new byte[plain.length + 7];
    System.arraycopy(plain, 0, extended, 0, 40);
    System.arraycopy(new byte[] {0, 3, 9, 0, 1, 2, 3}, 0, extended, 40, 7);
    System.arraycopy(plain, 40, extended, 47, 64);
    extended[39] = 1;
    Ed25519Certificate read = Ed25519Certificate.parse(extended);
    assertTrue(read.namedSigner().isEmpty());
    extended[43] = 1;
    assertThrows(MalformedException.class, () -> Ed25519Certificate.parse(extended));
    extended[43] = 0;
    extended[42] = 4;
    assertThrows(MalformedException.class, () -> Ed25519Certificate.parse(extended));
  }
}
