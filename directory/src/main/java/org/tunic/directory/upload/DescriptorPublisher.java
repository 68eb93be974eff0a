package org.tunic.directory.upload;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.fetch.DirectoryTransport;

/**
 * Brings a relay's descriptor to every authority, and again when it is 18 hours old, when something
 * in it changed, or when the authorities seem to have lost it.
 *
 * <p>An authority that does not answer is tried again after one second, then ever later, up to a
 * bound; one that refuses the descriptor (status 400) gets the next one only.
 *
 * <p>Spec: dir-spec/uploading-relay-documents. Threads: any, guarded by {@code this}; uploads run
 * on a virtual thread for each authority.
 */
public final class DescriptorPublisher implements AutoCloseable {
  /** Age at which a descriptor is made anew though nothing changed. */
  static final Duration MAX_AGE = Duration.ofHours(18);

  static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** Longest wait between two tries, but in testing networks, which live for minutes. */
  public static final Duration LAST_RETRY = Duration.ofMinutes(5);

  /** Longest wait between two tries in a testing network. */
  public static final Duration LAST_RETRY_TESTING = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(DescriptorPublisher.class);

  private final DirectoryTransport transport;
  private final Function<Instant, Bytes> maker;
  private final InstantSource clock;
  private final Duration lastRetry;
  private final List<Upload> uploads = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** The descriptor with its extra-info, as it is uploaded; null before the first. */
  private @Nullable Bytes current;

  private Instant made = Instant.MIN;

  /** Counts descriptors, so that an upload knows whether its authority has the latest. */
  private long generation;

  private boolean closed;

  /**
   * @param maker makes descriptor and extra-info, concatenated, published at the given time
   * @param lastRetry longest wait between two tries
   */
  public DescriptorPublisher(
      List<DirAuthority> authorities,
      DirectoryTransport transport,
      Function<Instant, Bytes> maker,
      InstantSource clock,
      Duration lastRetry) {
    this.transport = transport;
    this.maker = maker;
    this.clock = clock;
    this.lastRetry = lastRetry;
    for (DirAuthority authority : authorities) {
      uploads.add(new Upload(authority));
    }
  }

  /** Starts uploading. */
  public synchronized void start() {
    for (Upload upload : uploads) {
      threads.add(
          Thread.ofVirtual().name("upload to " + upload.authority.nickname()).start(upload::run));
    }
  }

  /**
   * Something in the descriptor changed, or authorities have lost it: makes and uploads a new one.
   */
  public synchronized void republish() {
    made = Instant.MIN;
    notifyAll();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    threads.forEach(Thread::interrupt);
  }

  private synchronized Bytes latest(Instant now) {
    Bytes latest = current;
    if (latest == null || made.equals(Instant.MIN) || !now.isBefore(made.plus(MAX_AGE))) {
      latest = maker.apply(now);
      current = latest;
      made = now;
      generation++;
      notifyAll();
    }
    return latest;
  }

  private synchronized long generation() {
    return generation;
  }

  /** One authority. Threads: its virtual thread; {@link #progress} is what tests call. */
  final class Upload {
    private final DirAuthority authority;
    private long doneGeneration;
    private Duration retry = FIRST_RETRY;

    Upload(DirAuthority authority) {
      this.authority = authority;
    }

    private void run() {
      try {
        while (!isClosed()) {
          Instant next = progress(clock.instant());
          await(next);
        }
      } catch (InterruptedException e) {
        // closing
      }
    }

    private boolean isClosed() {
      synchronized (DescriptorPublisher.this) {
        return closed;
      }
    }

    private void await(Instant next) throws InterruptedException {
      synchronized (DescriptorPublisher.this) {
        long millis = Duration.between(clock.instant(), next).toMillis();
        boolean due = made.equals(Instant.MIN) || millis <= 0;
        if (!closed && !due) {
          TimeUnit.MILLISECONDS.timedWait(DescriptorPublisher.this, millis);
        }
      }
    }

    /** Uploads if the authority lacks the latest descriptor; returns when to look again. */
    Instant progress(Instant now) throws InterruptedException {
      Bytes document = latest(now);
      long wanted = generation();
      if (doneGeneration == wanted) {
        return made().plus(MAX_AGE);
      }
      try {
        DirAnswer answer =
            transport.exchange(
                new DirServer.Authority(authority), DirRequest.post("/tor/", document));
        if (answer.status() == 200) {
          log.debug("descriptor uploaded");
        } else if (answer.status() == 400) {
          log.warn(
              "Authority {} refused our descriptor: {}", authority.nickname(), answer.reason());
        } else {
          return retryLater(now);
        }
        doneGeneration = wanted;
        retry = FIRST_RETRY;
        return made().plus(MAX_AGE);
      } catch (DirFetchException e) {
        log.debug("descriptor upload failed: {}", e.reason());
        return retryLater(now);
      }
    }

    private Instant retryLater(Instant now) {
      Instant next = now.plus(retry);
      Duration longer = retry.multipliedBy(2);
      retry = longer.compareTo(lastRetry) > 0 ? lastRetry : longer;
      return next;
    }
  }

  private synchronized Instant made() {
    return made;
  }

  /** The uploads, for tests. */
  List<Upload> uploads() {
    return uploads;
  }
}
