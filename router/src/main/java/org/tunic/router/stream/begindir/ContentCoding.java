package org.tunic.router.stream.begindir;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirFetchException.Reason;

/**
 * The content codings of directory documents: {@code deflate} (zlib), {@code gzip}, {@code x-zstd}
 * (RFC 8878), {@code x-tor-lzma} (the .lzma form with an end marker, no .xz) and none.
 *
 * <p>Spec: dir-spec/outline. Threads: pure functions; too slow for event loops.
 */
enum ContentCoding {
  IDENTITY("identity"),
  DEFLATE("deflate"),
  GZIP("gzip"),
  ZSTD("x-zstd"),
  LZMA("x-tor-lzma");

  /**
   * What we ask a directory for whom we are nobody special: the list says more about its sender
   * than a hidden one may, so a request through a circuit of several hops must name the last three
   * only.
   */
  static final String ACCEPTED = "x-tor-lzma, x-zstd, deflate, gzip, identity";

  /** For documents compressed once and sent often, best first. C tor has the same order. */
  private static final List<ContentCoding> FOR_CONSENSUS = List.of(LZMA, ZSTD, DEFLATE, GZIP);

  /** For all else: LZMA takes seconds of CPU time a megabyte. */
  private static final List<ContentCoding> FOR_OTHERS = List.of(ZSTD, DEFLATE, GZIP);

  private static final String CONSENSUS_PATH = "/tor/status-vote/current/consensus";

  /** How many times its own size a compressed body may expand, beyond {@link #FREE_BYTES}. */
  static final int MAX_EXPANSION = 25;

  /** Bytes of expansion that are always fine. */
  static final int FREE_BYTES = 5 * 1024 * 1024;

  /** KiB an LZMA stream may make us allocate, C tor's limit; its own streams need 8 MiB. */
  static final int MAX_LZMA_KIB = 16 * 1024;

  /** Binary logarithm of the window a zstd stream may make us allocate: 8 MiB. */
  static final int MAX_ZSTD_WINDOW_LOG = 23;

  private static final int ZSTD_LEVEL = 9;
  private static final int LZMA_PRESET = 6;
  private static final int MIN_LZMA_WINDOW = 1 << 16;
  private static final int PIECE_BYTES = 16 * 1024;

  private final String headerValue;

  ContentCoding(String headerValue) {
    this.headerValue = headerValue;
  }

  /** The value of Content-Encoding. */
  String headerValue() {
    return headerValue;
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
      case "x-zstd" -> ZSTD;
      case "x-tor-lzma" -> LZMA;
      default -> throw new DirFetchException(Reason.MALFORMED);
    };
  }

  /**
   * The codings to answer with: those for this kind of document that the asker knows, best first,
   * and IDENTITY. A path that ends in {@code .z} says that it knows deflate.
   *
   * @param acceptEncoding the request's Accept-Encoding
   */
  static List<ContentCoding> usable(String path, Optional<String> acceptEncoding) {
    Set<ContentCoding> known = EnumSet.noneOf(ContentCoding.class);
    if (path.endsWith(".z")) {
      known.add(DEFLATE);
    }
    for (String token : acceptEncoding.orElse("").split(",", -1)) {
      String name = token.strip().toLowerCase(Locale.ROOT);
      for (ContentCoding coding : FOR_CONSENSUS) {
        if (coding.headerValue.equals(name)) {
          known.add(coding);
        }
      }
    }
    List<ContentCoding> best = path.startsWith(CONSENSUS_PATH) ? FOR_CONSENSUS : FOR_OTHERS;
    return Stream.concat(best.stream().filter(known::contains), Stream.of(IDENTITY)).toList();
  }

  /** Applies this coding. */
  Bytes encode(Bytes body) {
    return switch (this) {
      case IDENTITY -> body;
      case DEFLATE -> deflate(body.toArray());
      case GZIP -> through(body, GZIPOutputStream::new);
      case ZSTD -> through(body, out -> new ZstdOutputStream(out, ZSTD_LEVEL));
      case LZMA -> through(body, out -> new LZMAOutputStream(out, lzmaOptions(body.length()), -1));
    };
  }

  /**
   * C tor's preset, with a window no longer than the document: an encoder takes twelve times its
   * window, which for the preset's 8 MiB are 94 MiB. It is no shorter than 64 KiB: C tor knows LZMA
   * by its first bytes, 5d0000, of which two are the low ones of the window, and warns of others.
   */
  private static LZMA2Options lzmaOptions(int length) throws IOException {
    LZMA2Options options = new LZMA2Options(LZMA_PRESET);
    int window = Math.max(MIN_LZMA_WINDOW, Integer.highestOneBit(Math.max(1, length)) * 2);
    options.setDictSize(Math.min(window, options.getDictSize()));
    return options;
  }

  /** A stream that compresses what is written to it. */
  private interface Compressor {
    OutputStream onto(OutputStream out) throws IOException;
  }

  /** A stream that gives back what was compressed. */
  private interface Decompressor {
    InputStream of(InputStream in) throws IOException;
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

  private static Bytes through(Bytes plain, Compressor compressor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length() / 2 + 64);
    try (OutputStream compressing = compressor.onto(out)) {
      compressing.write(plain.toArray());
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
      case GZIP -> expand(body, GZIPInputStream::new, out);
      case ZSTD -> expand(body, in -> new ZstdInputStream(in).setLongMax(MAX_ZSTD_WINDOW_LOG), out);
      case LZMA -> expand(body, in -> new LZMAInputStream(in, MAX_LZMA_KIB), out);
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

  private static void expand(byte[] body, Decompressor decompressor, Bounded out)
      throws DirFetchException {
    byte[] piece = new byte[PIECE_BYTES];
    ByteArrayInputStream streams = new ByteArrayInputStream(body);
    try {
      while (streams.available() > 0) {
        try (InputStream in = decompressor.of(streams)) {
          for (int length; (length = in.read(piece)) >= 0; ) {
            out.take(piece, length);
          }
        }
      }
    } catch (EOFException e) {
      throw new DirFetchException(Reason.CUT_SHORT, e);
    } catch (IOException e) {
      throw new DirFetchException(cutShort(e) ? Reason.CUT_SHORT : Reason.MALFORMED, e);
    }
  }

  /** The zstd library has no type of its own for a stream that ends early. */
  private static boolean cutShort(IOException e) {
    return e instanceof ZstdIOException && "Truncated source".equals(e.getMessage());
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
