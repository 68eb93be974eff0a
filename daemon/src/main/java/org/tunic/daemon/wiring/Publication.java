package org.tunic.daemon.wiring;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.serve.DocumentBoard;
import org.tunic.directory.upload.DescriptorPublisher;

/**
 * A relay's descriptor on its way to the authorities: made, shown to who asks us, uploaded once
 * others reach us, and made again when something in it changes.
 *
 * <p>Spec: dir-spec/uploading-relay-documents
 *
 * <p>Threads: any.
 */
final class Publication implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final RelayRole relay;
  private final @Nullable AuthorityRole authority;
  private final List<DirAuthority> authorities;
  private final DirectoryTransport transport;
  private final DocumentBoard board;
  private final InstantSource clock;
  private final boolean testing;
  private final SelfTest selfTest;
  private @Nullable DescriptorPublisher publisher; // guarded by this
  private boolean started; // guarded by this
  private boolean closed; // guarded by this

  /**
   * @param authority that of this node, which needs no upload
   * @param authorities all
   * @param board where others find our descriptor
   */
  Publication(
      RelayRole relay,
      @Nullable AuthorityRole authority,
      List<DirAuthority> authorities,
      DirectoryTransport transport,
      DocumentBoard board,
      InstantSource clock,
      boolean testing,
      SelfTest selfTest) {
    this.relay = relay;
    this.authority = authority;
    this.authorities =
        authorities.stream().filter(a -> !a.fingerprint().equals(relay.ids().rsa())).toList();
    this.transport = transport;
    this.board = board;
    this.clock = clock;
    this.testing = testing;
    this.selfTest = selfTest;
  }

  /** Begins: the first vote of an authority should list itself. */
  synchronized void start() {
    started = true;
    if (authority != null) {
      make();
    }
    update();
  }

  /** The configuration changed, or an OR port was found reachable. */
  synchronized void update() {
    if (!started || closed) {
      return;
    }
    if (!relay.publishes() || (authority == null && !selfTest.passed())) {
      stop();
    } else if (publisher == null) {
      upload();
    }
  }

  /** The descriptor says something else now. */
  synchronized void changed() {
    if (publisher != null) {
      publisher.republish();
    } else if (authority != null) {
      make();
    }
  }

  private void make() {
    relay.descriptor().ifPresent(own -> show(own.make(clock.instant())));
  }

  private void upload() {
    OwnDescriptor own = relay.descriptor().orElse(null);
    if (own == null) {
      LOG.warn("No address to publish: this relay stays unknown. Set Address in the torrc.");
      return;
    }
    publisher =
        new DescriptorPublisher(
            authorities,
            transport,
            now -> show(relay.descriptor().orElse(own).make(now)),
            clock,
            testing ? DescriptorPublisher.LAST_RETRY_TESTING : DescriptorPublisher.LAST_RETRY);
    publisher.start();
  }

  private Bytes show(OwnDescriptor.Made documents) {
    board.change(
        d -> d.withOwn(d.own().withDescriptor(documents.descriptor(), documents.extraInfo())));
    if (authority != null) {
      authority.own(documents.descriptor(), documents.extraInfo());
    }
    return documents.upload();
  }

  private void stop() {
    if (publisher != null) {
      publisher.close();
      publisher = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    stop();
  }
}
