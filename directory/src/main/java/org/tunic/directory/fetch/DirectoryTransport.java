package org.tunic.directory.fetch;

/**
 * Carries one directory request to a server and its answer back; implemented over BEGIN_DIR streams
 * and over directory ports, and by fakes in tests.
 *
 * <p>Threads: any; calls block and are made on virtual threads, several at once.
 */
@FunctionalInterface
public interface DirectoryTransport {
  /**
   * Sends the request and waits for the whole answer, whatever its status; the body is
   * decompressed. The transport has its own time limits.
   *
   * @throws DirFetchException if no whole answer came
   * @throws InterruptedException if the caller's thread was interrupted; the exchange is abandoned
   */
  DirAnswer exchange(DirServer target, DirRequest request)
      throws DirFetchException, InterruptedException;
}
