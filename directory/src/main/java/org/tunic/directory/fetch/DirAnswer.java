package org.tunic.directory.fetch;

import org.tunic.crypto.bytes.Bytes;

/**
 * An answer of the directory protocol, on the asking and on the serving side.
 *
 * <p>Spec: dir-spec/outline. Threads: immutable.
 *
 * @param status the HTTP status code, as 200, 304, 404, 503
 * @param reason the words behind it, as {@code OK}; an authority says there why it refuses a
 *     descriptor
 * @param headers those that mean something; Date, Content-Length and Content-Encoding are the
 *     transport's business when serving
 * @param body decompressed when received; as it is to be sent when serving
 */
public record DirAnswer(int status, String reason, DirHeaders headers, Bytes body) {
  /** 200 with this body. */
  public static DirAnswer ok(Bytes body) {
    return new DirAnswer(200, "OK", DirHeaders.NONE, body);
  }

  /** An answer without a body. */
  public static DirAnswer empty(int status, String reason) {
    return new DirAnswer(status, reason, DirHeaders.NONE, Bytes.EMPTY);
  }

  /** This answer with one more header. */
  public DirAnswer with(String name, String value) {
    return new DirAnswer(status, reason, headers.with(name, value), body);
  }
}
