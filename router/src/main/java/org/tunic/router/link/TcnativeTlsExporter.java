package org.tunic.router.link;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The exporter of a BoringSSL connection, computed here from the secret that {@link TlsKeyLog}
 * caught.
 *
 * <pre>
 * 1.3: s = HKDF-Expand-Label(exporter secret, label, Hash(""), L)
 *      HKDF-Expand-Label(s, "exporter", Hash(context), length)
 * 1.2: P_hash(master secret, label | client random | server random | length of context (2) | context)
 * </pre>
 *
 * <p>Spec: RFC 5705 section 4, RFC 8446 sections 7.1 and 7.5
 *
 * <p>Threads: event loop of the socket.
 */
final class TcnativeTlsExporter implements TlsExporter {
  private static final byte[] LABEL_PREFIX = ascii("tls13 ");

  private final TlsKeyLog keyLog;
  private final ReferenceCountedOpenSslEngine engine;
  private final long ssl; // also when the engine has forgotten it

  private @Nullable SecretBytes secret;
  private boolean tls13;
  private String hash = "";
  private byte[] randoms = new byte[0]; // client's and server's, for 1.2

  TcnativeTlsExporter(TlsKeyLog keyLog, ReferenceCountedOpenSslEngine engine) {
    this.keyLog = keyLog;
    this.engine = engine;
    this.ssl = engine.sslPointer();
  }

  @Override
  public void handshakeCompleted() {
    secret = keyLog.take(ssl);
    tls13 = engine.getSession().getProtocol().equals("TLSv1.3");
    hash = engine.getSession().getCipherSuite().endsWith("SHA384") ? "SHA-384" : "SHA-256";
    if (!tls13) {
      randoms =
          new ByteWriter()
              .bytes(SSL.getClientRandom(ssl))
              .bytes(SSL.getServerRandom(ssl))
              .toArray();
    }
  }

  @Override
  public byte[] export(String label, byte[] context, int length) {
    SecretBytes from = secret;
    if (from == null) {
      throw new IllegalStateException("BoringSSL told no secret, or it is forgotten");
    }
    try {
      return tls13
          ? export13(from.borrow(), ascii(label), context, length)
          : export12(from.borrow(), ascii(label), context, length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has HMAC and SHA-2", e);
    }
  }

  private byte[] export13(byte[] from, byte[] label, byte[] context, int length)
      throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance(hash);
    byte[] derived = expandLabel(from, label, digest.digest(), digest.getDigestLength());
    try {
      return expandLabel(derived, ascii("exporter"), digest.digest(context), length);
    } finally {
      SecretBytes.wipe(derived);
    }
  }

  /** HKDF-Expand-Label of TLS 1.3. */
  private byte[] expandLabel(byte[] from, byte[] label, byte[] context, int length)
      throws GeneralSecurityException {
    byte[] info =
        new ByteWriter()
            .u16(length)
            .u8(LABEL_PREFIX.length + label.length)
            .bytes(LABEL_PREFIX)
            .bytes(label)
            .u8(context.length)
            .bytes(context)
            .toArray();
    Mac mac = hmac(from);
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    for (int at = 0, counter = 1; at < length; at += block.length, counter++) {
      mac.update(block);
      mac.update(info);
      block = mac.doFinal(new byte[] {(byte) counter});
      System.arraycopy(block, 0, out, at, Math.min(block.length, length - at));
    }
    return out;
  }

  /** P_hash of TLS 1.2. */
  private byte[] export12(byte[] from, byte[] label, byte[] context, int length)
      throws GeneralSecurityException {
    byte[] seed =
        new ByteWriter().bytes(label).bytes(randoms).u16(context.length).bytes(context).toArray();
    Mac mac = hmac(from);
    byte[] out = new byte[length];
    byte[] a = seed;
    for (int at = 0; at < length; ) {
      a = mac.doFinal(a);
      mac.update(a);
      byte[] block = mac.doFinal(seed);
      System.arraycopy(block, 0, out, at, Math.min(block.length, length - at));
      at += block.length;
    }
    return out;
  }

  private Mac hmac(byte[] key) throws GeneralSecurityException {
    String name = "Hmac" + hash.replace("-", "");
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(key, name));
    return mac;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    SecretBytes left = keyLog.take(ssl);
    if (left != null) {
      left.close();
    }
    SecretBytes held = secret;
    secret = null;
    if (held != null) {
      held.close();
    }
  }
}
