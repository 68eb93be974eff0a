package org.tunic.router.link;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.net.Socket;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS as Tor's links want it, on BoringSSL or the JDK's engine.
 *
 * <p>Versions 1.2 and 1.3; groups X25519MLKEM768 (where the engine has it), X25519, P-256; AES-GCM
 * before ChaCha20, which costs double here; no tickets, no resumption, no client certificates. A
 * client believes any certificate: who the peer is comes out in the CERTS cell, which is bound to
 * the certificate shown here.
 *
 * <p>Spec: tor-spec/channels
 *
 * <p>Threads: any, because it is immutable; {@link #close} by its owner.
 */
public final class TlsContext implements AutoCloseable {
  /** Which library does TLS. */
  public enum Engine {
    /** BoringSSL through Netty's binding: 0.7 ms a handshake, 1.29 CPU s/GiB as a relay. */
    TCNATIVE,
    /** The JDK's engine: 3.7 ms, 1.77 CPU s/GiB. */
    JDK
  }

  /** Versions offered unless a test asks for one. */
  static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private static final Logger log = LoggerFactory.getLogger(TlsContext.class);

  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
  private static final String[] TCNATIVE_GROUPS = {"X25519MLKEM768", "X25519", "P-256"};
  private static final String[] JDK_GROUPS = {"x25519", "secp256r1"};

  /** Beyond seven days the JDK sends no tickets; there is no plainer switch. */
  private static final int SESSION_SECONDS_WITHOUT_TICKETS = 8 * 24 * 3600;

  private final Engine engine;
  private final SslContext context;
  private final @Nullable TlsKeyLog keyLog;

  private TlsContext(Engine engine, SslContext context) {
    this.engine = engine;
    this.context = context;
    this.keyLog = engine == Engine.TCNATIVE ? TlsKeyLog.install(context) : null;
    switch (engine) {
      case TCNATIVE ->
          ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
      case JDK -> {
        context.sessionContext().setSessionCacheSize(1);
        context.sessionContext().setSessionTimeout(SESSION_SECONDS_WITHOUT_TICKETS);
      }
    }
  }

  /** The faster engine that works here; says so in the log if it is not BoringSSL. */
  public static Engine bestEngine() {
    if (!OpenSsl.isAvailable()) {
      log.warn("BoringSSL does not load, using the JDK's TLS: links will cost more CPU time");
      return Engine.JDK;
    }
    if (!TlsKeyLog.supported()) {
      log.warn("this Netty hides what the TLS exporter needs, using the JDK's TLS: slower links");
      return Engine.JDK;
    }
    return Engine.TCNATIVE;
  }

  /** A context for connections that we open. */
  public static TlsContext forClient(Engine engine) {
    return forClient(engine, PROTOCOLS);
  }

  static TlsContext forClient(Engine engine, List<String> protocols) {
    return build(
        engine,
        protocols,
        SslContextBuilder.forClient()
            .trustManager(new TrustEverybody())
            .endpointIdentificationAlgorithm(null));
  }

  /** A context for connections that we accept, which shows one certificate. */
  public static TlsContext forServer(Engine engine, PrivateKey key, X509Certificate certificate) {
    return forServer(engine, key, certificate, PROTOCOLS);
  }

  static TlsContext forServer(
      Engine engine, PrivateKey key, X509Certificate certificate, List<String> protocols) {
    return build(engine, protocols, SslContextBuilder.forServer(key, certificate));
  }

  private static TlsContext build(
      Engine engine, List<String> protocols, SslContextBuilder builder) {
    builder.protocols(protocols).ciphers(CIPHER_SUITES);
    switch (engine) {
      case TCNATIVE ->
          builder
              .sslProvider(SslProvider.OPENSSL_REFCNT)
              .option(OpenSslContextOption.GROUPS, TCNATIVE_GROUPS);
      case JDK -> builder.sslProvider(SslProvider.JDK);
    }
    try {
      return new TlsContext(engine, builder.build());
    } catch (SSLException e) {
      throw new IllegalStateException("a TLS context of fixed settings can be made", e);
    }
  }

  /**
   * TLS for one socket, to be put at the head of its pipeline.
   *
   * @param handler Netty's handler
   * @param exporter its exporter; closed by whoever asked for the session
   */
  record Session(SslHandler handler, TlsExporter exporter) {}

  /**
   * TLS for one socket.
   *
   * @param serverName what a client sends as server name, or null for none
   */
  Session newSession(ByteBufAllocator allocator, @Nullable String serverName, Duration timeout) {
    SSLEngine tls =
        serverName == null
            ? context.newEngine(allocator)
            : context.newEngine(allocator, serverName, OR_PORT_FOR_SESSION_KEY);
    TlsExporter exporter;
    if (keyLog != null) {
      exporter = new TcnativeTlsExporter(keyLog, (ReferenceCountedOpenSslEngine) tls);
    } else {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setNamedGroups(JDK_GROUPS);
      tls.setSSLParameters(parameters);
      exporter = new JdkTlsExporter(tls);
    }
    SslHandler handler = new SslHandler(tls);
    handler.setHandshakeTimeoutMillis(timeout.toMillis());
    // One record takes exactly one full buffer of the writer; at 16 KiB it would be cut and copied.
    handler.setWrapDataSize(MAX_WRAP_BYTES);
    return new Session(handler, exporter);
  }

  /** 31 cells. */
  private static final int MAX_WRAP_BYTES = 31 * CellFramer.FIXED_CELL;

  /** Any port: only names sessions, and none are kept. */
  private static final int OR_PORT_FOR_SESSION_KEY = 443;

  /** Which library does TLS. */
  public Engine engine() {
    return engine;
  }

  /** Connections in their handshake whose secret is kept; for tests. */
  int keptSecrets() {
    return keyLog == null ? 0 : keyLog.size();
  }

  /** Frees native memory once the last connection is gone. */
  @Override
  public void close() {
    ReferenceCountUtil.release(context);
  }

  /** Identity comes from CERTS cells; the JDK adds no checks of its own to the extended type. */
  private static final class TrustEverybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
