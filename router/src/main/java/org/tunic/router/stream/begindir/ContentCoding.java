package org.tunic.router.stream.begindir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirFetchException.Reason;

/**
 * The content codings of directory documents: {@code deflate} (zlib), {@code gzip} and none. Tor's
 * {@code x-zstd} and {@code x-tor-lzma} are neither asked for nor sent.
 *
 * <p>Spec: dir-spec/outline. Threads: pure functions; too slow for event loops.
 */
enum ContentCoding {
  IDENTITY,
  DEFLATE,
  GZIP;

  /** What we ask for. */
  static final String ACCEPTED = "deflate, gzip, identity";

  /** How many times its own size a compressed body may expand, beyond {@link #FREE_BYTES}. */
  static final int MAX_EXPANSION = 25;

  /** Bytes of expansion that are always fine. */
  static final int FREE_BYTES = 64 * 1024;

  private static final int PIECE_BYTES = 16 * 1024;

  /** The value of Content-Encoding. */
  String headerValue() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The coding a Content-Encoding header names.
   *
   * @throws DirFetchException MALFORMED for one we did not ask for
   */
  static ContentCoding named(@Nullable String header) throws DirFetchException {
    return switch (header == null ? "" : header.strip().toLowerCase(Locale.ROOT)) {
      case "", "identity", "none" -> IDENTITY;
      case "deflate", "x-deflate" -> DEFLATE;
      case "gzip", "x-gzip" -> GZIP;
      default -> throw new DirFetchException(Reason.MALFORMED);
    };
  }

  /**
   * The coding to answer with: a path that ends in {@code .z} means deflate, whatever the headers
   * say; else the best that both know.
   *
   * @param acceptEncoding the request's Accept-Encoding
   */
  static ContentCoding chosen(String path, Optional<String> acceptEncoding) {
    if (path.endsWith(".z")) {
      return DEFLATE;
    }
    boolean gzip = false;
    for (String token : acceptEncoding.orElse("").split(",", -1)) {
      String coding = token.strip().toLowerCase(Locale.ROOT);
      if (coding.equals("deflate")) {
        return DEFLATE;
      }
      gzip |= coding.equals("gzip");
    }
    return gzip ? GZIP : IDENTITY;
  }

  /** Applies this coding. */
  Bytes encode(Bytes body) {
    return switch (this) {
      case IDENTITY -> body;
      case DEFLATE -> deflate(body.toArray());
      case GZIP -> gzip(body.toArray());
    };
  }

  private static Bytes deflate(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(plain);
      deflater.finish();
      byte[] piece = new byte[PIECE_BYTES];
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
    }
    return Bytes.copyOf(out.toByteArray());
  }

  private static Bytes gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  /**
   * Undoes this coding; several compressed streams may stand one after the other.
   *
   * @param maxBytes longest result taken
   * @throws DirFetchException TOO_LARGE beyond {@code maxBytes}, or for an expansion that no honest
   *     document has; CUT_SHORT for a stream without its end; MALFORMED for anything else
   */
  Bytes decode(byte[] body, int maxBytes) throws DirFetchException {
    long honest = Math.max(FREE_BYTES, (long) MAX_EXPANSION * body.length);
    Bounded out = new Bounded((int) Math.min(maxBytes, honest));
    switch (this) {
      case IDENTITY -> out.take(body, body.length);
      case DEFLATE -> inflate(body, out);
      case GZIP -> gunzip(body, out);
    }
    return Bytes.copyOf(out.bytes.toByteArray());
  }

  private static void inflate(byte[] body, Bounded out) throws DirFetchException {
    int at = 0;
    byte[] piece = new byte[PIECE_BYTES];
    while (at < body.length) {
      try (Inflater inflater = new Inflater()) {
        inflater.setInput(body, at, body.length - at);
        while (!inflater.finished()) {
          int length = inflater.inflate(piece);
          out.take(piece, length);
          if (inflater.needsDictionary()) {
            throw new DirFetchException(Reason.MALFORMED);
          }
          if (length == 0 && inflater.needsInput() && !inflater.finished()) {
            throw new DirFetchException(Reason.CUT_SHORT);
          }
        }
        at = body.length - inflater.getRemaining();
      } catch (DataFormatException e) {
        throw new DirFetchException(Reason.MALFORMED, e);
      }
    }
  }

  private static void gunzip(byte[] body, Bounded out) throws DirFetchException {
    byte[] piece = new byte[PIECE_BYTES];
    if (body.length == 0) {
      return;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      for (int length; (length = in.read(piece)) >= 0; ) {
        out.take(piece, length);
      }
    } catch (EOFException e) {
      throw new DirFetchException(Reason.CUT_SHORT, e);
    } catch (IOException e) {
      throw new DirFetchException(Reason.MALFORMED, e);
    }
  }

  /** Bytes that grow up to a limit. */
  private static final class Bounded {
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Bounded(int limit) {
      this.limit = limit;
    }

    void take(byte[] piece, int length) throws DirFetchException {
      if (length > limit - bytes.size()) {
        throw new DirFetchException(Reason.TOO_LARGE);
      }
      bytes.write(piece, 0, length);
    }
  }
}
