package org.tunic.directory.linkspec;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * One way to name a relay: an address to reach it at, or an identity it must prove.
 *
 * <pre>
 * LSTYPE (1) | LSLEN (1) | LSPEC (LSLEN)
 *   00 IPv4:  address (4)  | port (2)
 *   01 IPv6:  address (16) | port (2)
 *   02 RSA identity (20)
 *   03 Ed25519 identity (32)
 * a list: NSPEC (1) | NSPEC specifiers
 * </pre>
 *
 * <p>Unknown types are kept: an extending relay must pass them on unchanged.
 *
 * <p>Spec: tor-spec/create-created-cells. Threads: immutable.
 */
public sealed interface LinkSpecifier {
  /** An IPv4 address and port. */
  record Ipv4(RelayAddress address) implements LinkSpecifier {
    /** Refuses an IPv6 address. */
    public Ipv4 {
      if (!address.isIpv4()) {
        throw new IllegalArgumentException("not an IPv4 address");
      }
    }
  }

  /** An IPv6 address and port. */
  record Ipv6(RelayAddress address) implements LinkSpecifier {
    /** Refuses an IPv4 address. */
    public Ipv6 {
      if (address.isIpv4()) {
        throw new IllegalArgumentException("not an IPv6 address");
      }
    }
  }

  /** The RSA identity: the SHA-1 of the RSA identity key. */
  record RsaId(RsaIdentity identity) implements LinkSpecifier {}

  /** The Ed25519 master identity. */
  record Ed25519Id(Ed25519Identity identity) implements LinkSpecifier {}

  /**
   * A type we do not know.
   *
   * @param type 4 to 255
   * @param body at most 255 bytes
   */
  record Unknown(int type, Bytes body) implements LinkSpecifier {}

  /** Type of {@link Ipv4}. */
  int TYPE_IPV4 = 0;

  /** Type of {@link Ipv6}. */
  int TYPE_IPV6 = 1;

  /** Type of {@link RsaId}. */
  int TYPE_RSA_ID = 2;

  /** Type of {@link Ed25519Id}. */
  int TYPE_ED25519_ID = 3;

  /** Body length of an IPv4 specifier. */
  int IPV4_LENGTH = 6;

  /** Body length of an IPv6 specifier. */
  int IPV6_LENGTH = 18;

  /** The specifier for an address, by its kind. */
  static LinkSpecifier of(RelayAddress address) {
    return address.isIpv4() ? new Ipv4(address) : new Ipv6(address);
  }

  /**
   * Reads one specifier.
   *
   * @throws MalformedException if it is cut short, or a known type has another length than its own
   */
  static LinkSpecifier decode(ByteReader in) throws MalformedException {
    int type = in.u8();
    int length = in.u8();
    ByteReader body = in.slice(length);
    return switch (type) {
      case TYPE_IPV4 -> new Ipv4(address(body, length, IPV4_LENGTH));
      case TYPE_IPV6 -> new Ipv6(address(body, length, IPV6_LENGTH));
      case TYPE_RSA_ID -> new RsaId(new RsaIdentity(exactly(body, length, RsaIdentity.LENGTH)));
      case TYPE_ED25519_ID ->
          new Ed25519Id(new Ed25519Identity(exactly(body, length, Ed25519Identity.LENGTH)));
      default -> new Unknown(type, body.bytes(length));
    };
  }

  private static RelayAddress address(ByteReader body, int length, int expected)
      throws MalformedException {
    if (length != expected) {
      throw new MalformedException("link specifier of the wrong length");
    }
    return new RelayAddress(body.bytes(expected - 2), body.u16());
  }

  private static Bytes exactly(ByteReader body, int length, int expected)
      throws MalformedException {
    if (length != expected) {
      throw new MalformedException("link specifier of the wrong length");
    }
    return body.bytes(expected);
  }

  /** Writes this specifier with its type and length. */
  default void encode(ByteWriter out) {
    switch (this) {
      case Ipv4(RelayAddress a) -> out.u8(TYPE_IPV4).u8(IPV4_LENGTH).bytes(a.ip()).u16(a.port());
      case Ipv6(RelayAddress a) -> out.u8(TYPE_IPV6).u8(IPV6_LENGTH).bytes(a.ip()).u16(a.port());
      case RsaId(RsaIdentity id) -> out.u8(TYPE_RSA_ID).u8(RsaIdentity.LENGTH).bytes(id.bytes());
      case Ed25519Id(Ed25519Identity id) ->
          out.u8(TYPE_ED25519_ID).u8(Ed25519Identity.LENGTH).bytes(id.bytes());
      case Unknown(int type, Bytes body) -> out.u8(type).u8(body.length()).bytes(body);
    }
  }

  /** Reads a list: its number, then the specifiers. What may be in it, the message decides. */
  static List<LinkSpecifier> decodeList(ByteReader in) throws MalformedException {
    int count = in.u8();
    List<LinkSpecifier> list = new ArrayList<>(Math.min(count, 8));
    for (int i = 0; i < count; i++) {
      list.add(decode(in));
    }
    return List.copyOf(list);
  }

  /** Writes a list of at most 255 specifiers. */
  static void encodeList(List<LinkSpecifier> list, ByteWriter out) {
    out.u8(list.size());
    for (LinkSpecifier specifier : list) {
      specifier.encode(out);
    }
  }
}
