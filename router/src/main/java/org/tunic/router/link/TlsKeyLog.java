package org.tunic.router.link;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.KeyLogCallback;
import io.netty.internal.tcnative.SSLContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.secret.SecretBytes;

/**
 * Catches the one secret of each BoringSSL connection from which exporters are computed.
 *
 * <p>Netty's binding has no exporter, but it has BoringSSL's key log call-back, which tells, inside
 * the handshake, {@code EXPORTER_SECRET <client random> <secret>} on TLS 1.3 and {@code
 * CLIENT_RANDOM <client random> <master secret>} on 1.2, in hexadecimal. Traffic secrets come the
 * same way and are wiped unread. The call-back has to be set on the {@code SSL_CTX} itself, which
 * Netty keeps in a protected field; the accessors that look right return a pointer to a structure
 * of the binding, and the JVM dies of it.
 *
 * <p>Bound: one entry per connection in its handshake, whose number the manager bounds.
 *
 * <p>Threads: any, because the map is concurrent.
 */
final class TlsKeyLog implements KeyLogCallback {
  private static final byte[] EXPORTER_SECRET =
      "EXPORTER_SECRET ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLIENT_RANDOM = "CLIENT_RANDOM ".getBytes(StandardCharsets.US_ASCII);
  private static final @Nullable VarHandle SSL_CTX = sslCtx();

  private final ConcurrentHashMap<Long, SecretBytes> secrets = new ConcurrentHashMap<>();

  private static @Nullable VarHandle sslCtx() {
    try {
      return MethodHandles.privateLookupIn(
              ReferenceCountedOpenSslContext.class, MethodHandles.lookup())
          .findVarHandle(ReferenceCountedOpenSslContext.class, "ctx", long.class);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /** Whether this Netty has the field that {@link #install} needs. */
  static boolean supported() {
    return SSL_CTX != null;
  }

  /** Makes a context tell its secrets. */
  static TlsKeyLog install(SslContext context) {
    VarHandle field = SSL_CTX;
    if (field == null || !(context instanceof ReferenceCountedOpenSslContext openSsl)) {
      throw new IllegalStateException("not a context of BoringSSL with the field known");
    }
    TlsKeyLog keyLog = new TlsKeyLog();
    if (!SSLContext.setKeyLogCallback((long) field.get(openSsl), keyLog)) {
      throw new IllegalStateException("BoringSSL takes no key log call-back");
    }
    return keyLog;
  }

  /** One line, from within the handshake of the connection {@code ssl}. */
  @Override
  public void handle(long ssl, byte[] line) {
    if (startsWith(line, EXPORTER_SECRET) || startsWith(line, CLIENT_RANDOM)) {
      SecretBytes before = secrets.put(ssl, SecretBytes.takeOwnership(lastField(line)));
      if (before != null) {
        before.close();
      }
    }
    Arrays.fill(line, (byte) 0);
  }

  /** Hands over and forgets the secret of a connection. */
  @Nullable SecretBytes take(long ssl) {
    return secrets.remove(ssl);
  }

  /** Connections whose secret is still kept. */
  int size() {
    return secrets.size();
  }

  private static boolean startsWith(byte[] line, byte[] prefix) {
    return line.length > prefix.length
        && Arrays.mismatch(line, 0, prefix.length, prefix, 0, prefix.length) < 0;
  }

  /** The hexadecimal digits after the last space, without a detour over a string that stays. */
  private static byte[] lastField(byte[] line) {
    int end = line.length;
    while (end > 0 && hexDigit(line[end - 1]) < 0) {
      end--;
    }
    int start = end;
    while (start > 0 && hexDigit(line[start - 1]) >= 0) {
      start--;
    }
    byte[] field = new byte[(end - start) / 2];
    for (int i = 0; i < field.length; i++) {
      field[i] = (byte) (hexDigit(line[start + 2 * i]) << 4 | hexDigit(line[start + 2 * i + 1]));
    }
    return field;
  }

  private static int hexDigit(byte b) {
    return Character.digit(b, 16);
  }
}
