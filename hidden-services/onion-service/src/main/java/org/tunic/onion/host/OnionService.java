package org.tunic.onion.host;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;

/**
 * A service that runs, as its owner sees it: never its key.
 *
 * <p>Threads: any.
 */
public final class OnionService implements AutoCloseable {
  private final HostedService service;
  private final Runnable removal;

  OnionService(HostedService service, Runnable removal) {
    this.service = service;
    this.removal = removal;
  }

  /** Its name. */
  public HsId id() {
    return service.id();
  }

  /** What it did so far. */
  public HsCounters counters() {
    return service.counters();
  }

  /** Its virtual ports now. */
  public Set<Integer> ports() {
    return service.ports();
  }

  /**
   * Done when directories have taken its descriptors for the first time: it can be found. Cancelled
   * if it ends before.
   */
  public CompletableFuture<Void> published() {
    return service.published();
  }

  /**
   * Other settings from now on: ports and limits for streams to come, the rest with the next
   * descriptor and the next introduction points. What visitors have open goes on.
   */
  public void use(ServiceSettings settings) {
    service.use(settings);
  }

  /**
   * Signs with the key of the service, for {@link HsId#verify}.
   *
   * @param domain what the signature is for, at most 255 bytes in UTF-8: one made for one domain is
   *     none for another, nor for anything that the protocol of onion services signs
   * @return 64 bytes
   * @throws IllegalStateException if the service has ended
   */
  public Bytes sign(String domain, Bytes message) {
    return service.sign(domain, message);
  }

  /** Ends it: introduction points go, and visitors' circuits with their streams. */
  @Override
  public void close() {
    removal.run();
    service.close();
  }
}
