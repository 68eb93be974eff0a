package org.tunic.tracker.swarm;

import org.tunic.crypto.bytes.Bytes;

/**
 * What other peers are told of a peer.
 *
 * <p>Threads: immutable.
 *
 * @param kind which lists it stands in
 * @param address as many bytes as the kind says
 * @param port 1024 to 65535; 0 for a peer that stands in no list
 */
public record PeerAddress(Kind kind, Bytes address, int port) {
  /** A peer that counts and is in no list: nobody can connect to it. */
  public static final PeerAddress NONE = new PeerAddress(Kind.UNLISTED, Bytes.EMPTY, 0);

  /** Lists of peers. An onion address that its owner did not sign for comes after those signed. */
  public enum Kind {
    /** In no list. */
    UNLISTED(0, 0),
    /** An IPv4 address. */
    IPV4(1, 4),
    /** An IPv6 address. */
    IPV6(2, 16),
    /** The key of an onion service, signed with that key. */
    ONION(3, 32),
    /** The key of an onion service on nobody's word. */
    UNSIGNED_ONION(4, 32);

    private final int number;
    private final int addressBytes;

    Kind(int number, int addressBytes) {
      this.number = number;
      this.addressBytes = addressBytes;
    }

    /** As snapshots know it, and in the order of declaration. */
    int number() {
      return number;
    }

    /** Bytes of an address. */
    public int addressBytes() {
      return addressBytes;
    }

    /** Whether it is the key of an onion service. */
    public boolean isOnion() {
      return this == ONION || this == UNSIGNED_ONION;
    }
  }

  /** Refuses an address of the wrong length. */
  public PeerAddress {
    if (address.length() != kind.addressBytes() || (kind != Kind.UNLISTED && port <= 0)) {
      throw new IllegalArgumentException("address and kind do not fit");
    }
  }

  /** Nothing that identifies the peer. */
  @Override
  public String toString() {
    return "[" + kind + "]";
  }
}
