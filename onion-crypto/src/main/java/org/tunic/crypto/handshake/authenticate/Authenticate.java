package org.tunic.crypto.handshake.authenticate;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.ConstantTime;

/**
 * The authentication of an AUTHENTICATE cell of type 3, 352 bytes.
 *
 * <pre>
 * "AUTH0003" 8 | CID 32 | SID 32 | CID_ED 32 | SID_ED 32 | SLOG 32 | CLOG 32 | SCERT 32
 * TLS exporter 32 | random 24 | Ed25519 signature over all before it 64
 * </pre>
 *
 * <p>Spec: tor-spec/negotiating-channels#AUTHENTICATE-cells (“Ed25519-SHA256-RFC5705”)
 *
 * <p>Threads: any, because it has no state.
 */
public final class Authenticate {
  /** The authentication type in AUTH_CHALLENGE and AUTHENTICATE. */
  public static final int TYPE = 3;

  /** Length in bytes, signature included. */
  public static final int LENGTH = 352;

  /** Label of the TLS exporter (RFC 5705), whose context is CID and whose output has 32 bytes. */
  public static final String EXPORTER_LABEL = "EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003";

  /** Length of each field in bytes. */
  public static final int FIELD_LENGTH = 32;

  private static final byte[] MAGIC = "AUTH0003".getBytes(StandardCharsets.US_ASCII);
  private static final int RANDOM_LENGTH = 24;
  private static final int SIGNED_LENGTH = LENGTH - Ed25519.SIGNATURE_LENGTH;
  private static final int KNOWN_LENGTH = SIGNED_LENGTH - RANDOM_LENGTH;

  private Authenticate() {}

  /**
   * What both sides know. Each field has 32 bytes.
   *
   * @param cid SHA-256 of the initiator's RSA identity key in PKCS#1 DER
   * @param sid the same of the responder
   * @param cidEd the initiator's Ed25519 master key
   * @param sidEd the responder's
   * @param slog SHA-256 of all the responder sent up to and including AUTH_CHALLENGE
   * @param clog SHA-256 of all the initiator sent before AUTHENTICATE
   * @param scert SHA-256 of the responder's TLS certificate
   * @param exporter output of the TLS exporter, see {@link #EXPORTER_LABEL}
   */
  public record Fields(
      Bytes cid,
      Bytes sid,
      Ed25519Identity cidEd,
      Ed25519Identity sidEd,
      Bytes slog,
      Bytes clog,
      Bytes scert,
      Bytes exporter) {
    /** Checks the lengths. */
    public Fields {
      for (Bytes field : new Bytes[] {cid, sid, slog, clog, scert, exporter}) {
        if (field.length() != FIELD_LENGTH) {
          throw new IllegalArgumentException("a field of AUTHENTICATE has 32 bytes");
        }
      }
    }

    private ByteWriter write() {
      return new ByteWriter(LENGTH)
          .bytes(MAGIC)
          .bytes(cid)
          .bytes(sid)
          .bytes(cidEd.bytes())
          .bytes(sidEd.bytes())
          .bytes(slog)
          .bytes(clog)
          .bytes(scert)
          .bytes(exporter);
    }
  }

  /**
   * Makes the authentication.
   *
   * @param authenticationKey the key that our type 06 certificate certifies
   * @return 352 bytes
   */
  public static Bytes sign(Fields fields, Ed25519Keypair authenticationKey, SecureRandom random) {
    byte[] nonce = new byte[RANDOM_LENGTH];
    random.nextBytes(nonce);
    ByteWriter out = fields.write().bytes(nonce);
    return out.bytes(authenticationKey.sign(out.toArray())).toBytes();
  }

  /**
   * Whether {@code authentication} says what we know and is signed. All checks are made before the
   * answer.
   *
   * @param authentication the body of the cell after type and length
   * @param expected what we know
   * @param authenticationKey the key that the peer's type 06 certificate certifies
   */
  public static boolean verify(
      byte[] authentication, Fields expected, Ed25519Identity authenticationKey) {
    if (authentication.length != LENGTH) {
      return false;
    }
    byte[] known = expected.write().toArray();
    byte[] signature =
        Bytes.copyOf(authentication, SIGNED_LENGTH, Ed25519.SIGNATURE_LENGTH).toArray();
    boolean knownGood = ConstantTime.equals(authentication, 0, known, 0, KNOWN_LENGTH);
    boolean signed = Ed25519.verify(authenticationKey, authentication, 0, SIGNED_LENGTH, signature);
    return knownGood && signed;
  }
}
