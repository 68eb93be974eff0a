package org.tunic.tracker.swarm;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Peers picked for an answer, as bytes that go into it: for each peer its id, if ids were asked
 * for, its address and its port.
 *
 * <p>Threads: one; handed over whole.
 */
public final class PeerList {
  /** Peers taken one after the other. */
  private static final int RUN = 8;

  private final boolean withIds;
  private int wanted;
  private @Nullable Part ipv4;
  private @Nullable Part ipv6;
  private @Nullable Part onion;

  /** Peers of one form. Threads: as the list. */
  public static final class Part {
    private final int stride;
    private byte[] bytes;
    private int length;

    private Part(int stride, int expected) {
      this.stride = stride;
      this.bytes = new byte[stride * expected];
    }

    /** Bytes of one peer. */
    public int stride() {
      return stride;
    }

    /** Where the peers stand, one after the other, up to {@link #length}. */
    public byte[] bytes() {
      return bytes;
    }

    /** Bytes of all peers. */
    public int length() {
      return length;
    }

    private void add(byte[] from, int idAt, int addressAt, boolean withId) {
      if (length + stride > bytes.length) {
        bytes = Arrays.copyOf(bytes, bytes.length + stride * 8);
      }
      int addressBytes = stride;
      if (withId) {
        System.arraycopy(from, idAt, bytes, length, PeerId.LENGTH);
        length += PeerId.LENGTH;
        addressBytes -= PeerId.LENGTH;
      }
      System.arraycopy(from, addressAt, bytes, length, addressBytes);
      length += addressBytes;
    }
  }

  PeerList(int wanted, boolean withIds) {
    this.wanted = wanted;
    this.withIds = withIds;
  }

  /** A list of nobody. */
  public static PeerList none() {
    return new PeerList(0, false);
  }

  /** Whether each peer begins with its id, 20 bytes. */
  public boolean withIds() {
    return withIds;
  }

  /** Those with an IPv4 address. */
  public @Nullable Part ipv4() {
    return ipv4;
  }

  /** Those with an IPv6 address. */
  public @Nullable Part ipv6() {
    return ipv6;
  }

  /** Those with an onion address, signed ones first. */
  public @Nullable Part onion() {
    return onion;
  }

  /** How many more there is room for. */
  int wanted() {
    return wanted;
  }

  /**
   * Picks peers at random, each as likely as any other, in a time that depends on how many are
   * picked and not on how many there are: the group is cut into equal stretches, one for each eight
   * peers wanted, and from a random place in each so many are taken one after the other. Memory is
   * read in runs so; one by one, fifty peers of a large swarm would be fifty misses of the cache.
   *
   * @param most how many at most
   * @param asker never picked
   * @param own nor is any other peer of this address
   */
  void pick(
      @Nullable PeerGroup group,
      PeerAddress.Kind kind,
      int most,
      PeerId asker,
      PeerAddress own,
      RandomGenerator random) {
    int left = Math.min(most, wanted);
    if (group == null || left <= 0 || group.count() == 0) {
      return;
    }
    int count = group.count();
    // Two to spare: the asker, and what it was called before.
    int stretches = (Math.min(count, left + 2) + RUN - 1) / RUN;
    int first = random.nextInt(stretches);
    for (int i = 0; i < stretches && left > 0; i++) {
      int stretch = (first + i) % stretches;
      int from = (int) ((long) count * stretch / stretches);
      int length = (int) ((long) count * (stretch + 1) / stretches) - from;
      int start = random.nextInt(length);
      for (int run = 0; run < Math.min(RUN, length) && left > 0; run++) {
        int at = group.at(from + (start + run) % length);
        if (!asker.isAt(group.slab(), at) && !isOwn(group, at, kind, own)) {
          part(kind).add(group.slab(), at, at + PeerGroup.ADDRESS, withIds);
          left--;
          wanted--;
        }
      }
    }
  }

  private static boolean isOwn(PeerGroup group, int at, PeerAddress.Kind kind, PeerAddress own) {
    if (kind.addressBytes() != own.address().length()) {
      return false;
    }
    byte[] slab = group.slab();
    int address = at + PeerGroup.ADDRESS;
    for (int i = 0; i < kind.addressBytes(); i++) {
      if ((slab[address + i] & 0xff) != own.address().at(i)) {
        return false;
      }
    }
    int port = address + kind.addressBytes();
    return (((slab[port] & 0xff) << 8) | (slab[port + 1] & 0xff)) == own.port();
  }

  private Part part(PeerAddress.Kind kind) {
    Part part =
        switch (kind) {
          case IPV4 -> ipv4;
          case IPV6 -> ipv6;
          case ONION, UNSIGNED_ONION -> onion;
          case UNLISTED -> throw new IllegalArgumentException("in no list");
        };
    if (part == null) {
      part = new Part(kind.addressBytes() + 2 + (withIds ? PeerId.LENGTH : 0), wanted);
      switch (kind) {
        case IPV4 -> ipv4 = part;
        case IPV6 -> ipv6 = part;
        default -> onion = part;
      }
    }
    return part;
  }
}
