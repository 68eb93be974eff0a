package org.tunic.directory.hsdir;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/**
 * The descriptors of onion services that a relay keeps as their directory, by blinded key.
 *
 * <p>Bounds: a descriptor stays below {@code HSV3MaxDescriptorSize}, all of them below
 * MaxHSDirCacheBytes. One that would go over the bound drives out those asked for least, down to
 * nine tenths of it, never itself: else its absence would tell how full the store is. An expired
 * one is forgotten when somebody asks for it, and in {@link #expire}.
 *
 * <p>Spec: rend-spec/hsdesc (“Fetching” and “Publishing”), dir-spec/general-use-http-urls. Threads:
 * any, because its methods are guarded by this; parsing, the long part, is not.
 */
public final class HsDirStore {
  /** What an entry costs besides its text, about; bytes. */
  static final int ENTRY_OVERHEAD = 1024;

  private static final String PUBLISH = "/tor/hs/3/publish";
  private static final String FETCH = "/tor/hs/3/";

  private static final class Entry {
    final HsDescriptor descriptor;
    final Instant stored;
    long asked;

    Entry(HsDescriptor descriptor, Instant stored, long asked) {
      this.descriptor = descriptor;
      this.stored = stored;
      this.asked = asked;
    }

    long size() {
      return (long) ENTRY_OVERHEAD + descriptor.text().length();
    }

    boolean isExpired(Instant now) {
      return !now.isBefore(stored.plus(descriptor.lifetime()));
    }
  }

  private final Map<HsBlindedId, Entry> entries = new HashMap<>();
  private final InstantSource clock;
  private final IntSupplier maxDescriptorLength;
  private final LongSupplier maxBytes;
  private long bytes;

  /**
   * An empty store.
   *
   * @param maxDescriptorLength HSV3MaxDescriptorSize of the consensus, bytes
   * @param maxBytes of all descriptors together
   */
  public HsDirStore(InstantSource clock, IntSupplier maxDescriptorLength, LongSupplier maxBytes) {
    this.clock = clock;
    this.maxDescriptorLength = maxDescriptorLength;
    this.maxBytes = maxBytes;
  }

  /** Whether a path is for us. */
  public static boolean isFor(String path) {
    return path.startsWith("/tor/hs/");
  }

  /**
   * The answer to a request {@link #isFor} us.
   *
   * @param anonymous whether it came over more than one hop; who comes by one would tell the
   *     directory which service interests whom, and is refused as by C tor
   */
  public DirAnswer answer(DirRequest request, boolean anonymous) {
    return switch (request.method()) {
      case GET -> get(request.path(), anonymous);
      case POST -> post(request.path(), request.body(), anonymous);
    };
  }

  private DirAnswer get(String path, boolean anonymous) {
    if (!path.startsWith(FETCH)) {
      return DirAnswer.empty(404, "Not found");
    }
    if (!anonymous) {
      return DirAnswer.empty(503, "Rejecting single hop HS v3 descriptor request");
    }
    HsBlindedId wanted;
    try {
      wanted = HsBlindedId.fromBase64(path.substring(FETCH.length()));
    } catch (MalformedException e) {
      return DirAnswer.empty(404, "Not found");
    }
    return find(wanted)
        .map(found -> DirAnswer.ok(Bytes.copyOf(found.text().bytes())))
        .orElseGet(() -> DirAnswer.empty(404, "Not found"));
  }

  private synchronized Optional<HsDescriptor> find(HsBlindedId wanted) {
    Entry entry = entries.get(wanted);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.isExpired(clock.instant())) {
      remove(entry);
      return Optional.empty();
    }
    entry.asked++;
    return Optional.of(entry.descriptor);
  }

  private DirAnswer post(String path, Bytes body, boolean anonymous) {
    if (!anonymous) {
      return DirAnswer.empty(503, "Rejecting single hop HS descriptor post");
    }
    if (!path.equals(PUBLISH) || !store(body)) {
      return DirAnswer.empty(400, "Invalid HS descriptor. Rejected.");
    }
    return DirAnswer.empty(200, "HS descriptor stored successfully.");
  }

  private boolean store(Bytes body) {
    Instant now = clock.instant();
    HsDescriptor descriptor;
    try {
      descriptor =
          HsDescriptor.parse(NetdocText.of(body.toArray()), maxDescriptorLength.getAsInt(), now);
    } catch (DocumentSyntaxException e) {
      return false;
    }
    return put(descriptor, now);
  }

  private synchronized boolean put(HsDescriptor descriptor, Instant now) {
    Entry present = entries.get(descriptor.blindedId());
    if (present != null && !descriptor.isNewerThan(present.descriptor)) {
      return false;
    }
    long asked = present == null ? 0 : present.asked;
    if (present != null) {
      remove(present);
    }
    Entry entry = new Entry(descriptor, now, asked);
    makeRoom(entry.size());
    entries.put(descriptor.blindedId(), entry);
    bytes += entry.size();
    return true;
  }

  private void makeRoom(long wanted) {
    long most = maxBytes.getAsLong();
    if (bytes + wanted <= most) {
      return;
    }
    long aim = most - most / 10 - wanted;
    List<Entry> leastAsked = new ArrayList<>(entries.values());
    leastAsked.sort(Comparator.comparingLong(entry -> entry.asked));
    for (Entry entry : leastAsked) {
      if (bytes <= aim) {
        break;
      }
      remove(entry);
    }
  }

  private void remove(Entry entry) {
    entries.remove(entry.descriptor.blindedId());
    bytes -= entry.size();
  }

  /** Forgets what has expired; to be called now and then. */
  public synchronized void expire() {
    Instant now = clock.instant();
    new ArrayList<>(entries.values()).stream().filter(e -> e.isExpired(now)).forEach(this::remove);
  }

  /** How many descriptors are here. */
  public synchronized int size() {
    return entries.size();
  }

  /** Bytes they take, about: for the memory account. */
  public synchronized long bytes() {
    return bytes;
  }
}
