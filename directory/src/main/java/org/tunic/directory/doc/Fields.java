package org.tunic.directory.doc;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.protover.ProtocolSyntaxException;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * Reads the arguments and objects of items as the values they stand for; what is malformed becomes
 * a {@link DocumentSyntaxException} that names the item.
 *
 * <p>Spec: dir-spec/netdoc. Threads: any, because all functions are pure.
 */
public final class Fields {
  /** Longest nickname of a relay, in characters. */
  public static final int MAX_NICKNAME = 19;

  private Fields() {}

  /** Bytes in base64, padded or not; of exactly {@code length} bytes. */
  public static Bytes base64(Item item, int index, int length) throws DocumentSyntaxException {
    String arg = item.arg(index);
    // Longer texts cannot be right, and the decoder would allocate for them.
    if (arg.length() <= 4 * ((length + 2) / 3)) {
      try {
        byte[] bytes = Base64.getDecoder().decode(arg);
        if (bytes.length == length) {
          return Bytes.copyOf(bytes);
        }
      } catch (IllegalArgumentException e) {
        throw item.fault("not base64");
      }
    }
    throw item.fault("base64 of the wrong length");
  }

  /** An RSA identity of 40 hexadecimal digits. */
  public static RsaIdentity hexIdentity(Item item, int index) throws DocumentSyntaxException {
    return new RsaIdentity(hex(item, index, RsaIdentity.LENGTH));
  }

  /** Exactly {@code length} bytes in hexadecimal. */
  public static Bytes hex(Item item, int index, int length) throws DocumentSyntaxException {
    String arg = item.arg(index);
    if (arg.length() == 2 * length) {
      try {
        return Bytes.fromHex(arg);
      } catch (MalformedException e) {
        throw item.fault("not hexadecimal");
      }
    }
    throw item.fault("hexadecimal digits missing or too many");
  }

  /** An Ed25519 identity in base64. */
  public static Ed25519Identity ed25519(Item item, int index) throws DocumentSyntaxException {
    return new Ed25519Identity(base64(item, index, Ed25519Identity.LENGTH));
  }

  /** An ntor onion key in base64. */
  public static NtorPublicKey ntorKey(Item item, int index) throws DocumentSyntaxException {
    return new NtorPublicKey(base64(item, index, NtorPublicKey.LENGTH));
  }

  /** The item's object as an RSA public key. */
  public static RsaPublicKey rsaKey(Item item) throws DocumentSyntaxException {
    byte[] der = item.object("RSA PUBLIC KEY");
    try {
      return RsaPublicKey.parsePkcs1Der(der);
    } catch (MalformedException e) {
      throw item.fault("malformed RSA key");
    }
  }

  /** A nickname: 1 to 19 letters and digits. */
  public static String nickname(Item item, int index) throws DocumentSyntaxException {
    String name = item.arg(index);
    if (!isNickname(name)) {
      throw item.fault("not a nickname");
    }
    return name;
  }

  /** Whether this is 1 to 19 ASCII letters and digits. */
  public static boolean isNickname(String name) {
    if (name.isEmpty() || name.length() > MAX_NICKNAME) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9')) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether this is a nickname, or {@code $HEX40} with or without {@code =NICK} or {@code ~NICK}.
   */
  public static boolean isNicknameOrFingerprint(String member) {
    if (!member.startsWith("$")) {
      return isNickname(member);
    }
    int end = 1 + 2 * RsaIdentity.LENGTH;
    if (member.length() < end || !isHex(member, 1, end)) {
      return false;
    }
    if (member.length() == end) {
      return true;
    }
    char separator = member.charAt(end);
    return (separator == '=' || separator == '~') && isNickname(member.substring(end + 1));
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c > 'f' || Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The four bytes of an IPv4 address. */
  public static Bytes ipv4(Item item, int index) throws DocumentSyntaxException {
    return RelayAddress.ipv4(item.arg(index)).orElseThrow(() -> item.fault("no IPv4 address"));
  }

  /** A port, 0 to 65535. */
  public static int port(Item item, int index) throws DocumentSyntaxException {
    int port = RelayAddress.port(item.arg(index));
    if (port < 0) {
      throw item.fault("no port");
    }
    return port;
  }

  /**
   * The first IPv6 address with a port among {@code a} or {@code or-address} lines; others are
   * skipped.
   */
  public static Optional<RelayAddress> ipv6OrPort(List<Item> lines) throws DocumentSyntaxException {
    for (Item line : lines) {
      Optional<RelayAddress> address = RelayAddress.parse(line.arg(0));
      if (address.isPresent() && !address.get().isIpv4() && address.get().port() != 0) {
        return address;
      }
    }
    return Optional.empty();
  }

  /** All arguments as a list of subprotocol versions. */
  public static ProtocolVersions protocols(Item item) throws DocumentSyntaxException {
    try {
      return ProtocolVersions.parse(item.argumentText());
    } catch (ProtocolSyntaxException e) {
      throw item.fault("malformed protocol list");
    }
  }

  /**
   * Arguments {@code KEY=NUMBER}, each number within 32 bits.
   *
   * @param sorted whether they must ascend without duplicates
   */
  public static Map<String, Integer> numbers(Item item, boolean sorted)
      throws DocumentSyntaxException {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    String before = null;
    for (String arg : item.args()) {
      int equals = arg.indexOf('=');
      if (equals < 0) {
        throw item.fault("argument without a value");
      }
      if (sorted && before != null && before.compareTo(arg) >= 0) {
        throw item.fault("arguments not in order");
      }
      int value;
      try {
        value = Integer.parseInt(arg, equals + 1, arg.length(), 10);
      } catch (NumberFormatException e) {
        throw item.fault("value is not a 32-bit number");
      }
      Integer known = numbers.putIfAbsent(arg.substring(0, equals), value);
      if (sorted && known != null) {
        throw item.fault("argument twice");
      }
      before = arg;
    }
    return numbers;
  }
}
