package org.tunic.directory.fetch;

import org.tunic.crypto.bytes.Bytes;

/**
 * A request of the directory protocol: an HTTP/1.0 GET or POST.
 *
 * <p>Spec: dir-spec/outline. Threads: immutable.
 *
 * @param method GET or POST
 * @param path the request target, starting with {@code /tor/}
 * @param headers without Host and Content-Length, which the transport writes
 * @param body empty for a GET
 * @param maxResponseBytes longest answer body the asker takes, after decompression; the transport
 *     gives up beyond it. A server ignores it
 */
public record DirRequest(
    Method method, String path, DirHeaders headers, Bytes body, int maxResponseBytes) {

  /** Answers to a POST are a status line and a few words. */
  private static final int MAX_POST_ANSWER = 64 * 1024;

  /** The two methods of the directory protocol. */
  public enum Method {
    GET,
    POST
  }

  /** A GET without headers. */
  public static DirRequest get(String path, int maxResponseBytes) {
    return new DirRequest(Method.GET, path, DirHeaders.NONE, Bytes.EMPTY, maxResponseBytes);
  }

  /** A POST of {@code body}. */
  public static DirRequest post(String path, Bytes body) {
    return new DirRequest(Method.POST, path, DirHeaders.NONE, body, MAX_POST_ANSWER);
  }

  /** This request with one more header. */
  public DirRequest with(String name, String value) {
    return new DirRequest(method, path, headers.with(name, value), body, maxResponseBytes);
  }
}
