package org.tunic.daemon.config;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * A DirAuthority line: {@code [NICK] [FLAG…] ADDRESS:DIRPORT FINGERPRINT}.
 *
 * <p>Spec: tor(1), DirAuthority
 *
 * <p>Threads: immutable.
 *
 * @param nickname its nickname; empty if the line has none
 * @param dirPort where it speaks plain HTTP
 * @param orPort where it is a relay
 * @param orPort6 the same for IPv6
 * @param fingerprint identity of the relay
 * @param v3Identity identity of its key certificate, which makes it vote and sign consensuses
 * @param bridge whether it is one for bridges
 * @param weight how often clients use it; not negative
 * @param uploads further HTTP addresses that take descriptors
 * @param downloads further HTTP addresses that serve documents
 * @param votes further HTTP addresses that take votes
 */
public record DirAuthority(
    Optional<String> nickname,
    InetSocketAddress dirPort,
    Optional<InetSocketAddress> orPort,
    Optional<InetSocketAddress> orPort6,
    RsaIdentity fingerprint,
    Optional<RsaIdentity> v3Identity,
    boolean bridge,
    double weight,
    List<InetSocketAddress> uploads,
    List<InetSocketAddress> downloads,
    List<InetSocketAddress> votes) {

  private static final String REMEDY =
      "write DirAuthority NICK orport=PORT v3ident=HEX40 IPV4:DIRPORT FINGERPRINT";

  /** Copies the lists. */
  public DirAuthority {
    uploads = List.copyOf(uploads);
    downloads = List.copyOf(downloads);
    votes = List.copyOf(votes);
  }

  static DirAuthority parse(ConfigLine line, Consumer<String> warnings) throws ConfigException {
    return new Parser(line, warnings).parse();
  }

  private static final class Parser {
    private final ConfigLine line;
    private final Consumer<String> warnings;
    private final List<String> words;
    private final List<InetSocketAddress> uploads = new ArrayList<>();
    private final List<InetSocketAddress> downloads = new ArrayList<>();
    private final List<InetSocketAddress> votes = new ArrayList<>();
    private int orPort = -1;
    private Optional<InetSocketAddress> orPort6 = Optional.empty();
    private Optional<RsaIdentity> v3Identity = Optional.empty();
    private boolean bridge;
    private double weight = 1.0;
    private int at;

    Parser(ConfigLine line, Consumer<String> warnings) {
      this.line = line;
      this.warnings = warnings;
      this.words = List.of(line.value().strip().split("[ \\t]+"));
    }

    DirAuthority parse() throws ConfigException {
      Optional<String> nickname = Optional.empty();
      if (Nicknames.isNickname(words.getFirst())) {
        nickname = Optional.of(words.get(at++));
      }
      while (at < words.size() && !Character.isDigit(words.get(at).charAt(0))) {
        flag(words.get(at++));
      }
      if (words.size() - at < 2) {
        throw bad("lacks its address or fingerprint");
      }
      InetSocketAddress dirPort = dirPort(words.get(at++));
      RsaIdentity fingerprint = identity(String.join("", words.subList(at, words.size())));
      return new DirAuthority(
          nickname,
          dirPort,
          orPort < 0
              ? Optional.empty()
              : Optional.of(new InetSocketAddress(dirPort.getAddress(), orPort)),
          orPort6,
          fingerprint,
          v3Identity,
          bridge,
          weight,
          uploads,
          downloads,
          votes);
    }

    private void flag(String flag) throws ConfigException {
      int equals = flag.indexOf('=');
      String value = flag.substring(equals + 1);
      switch (flag.substring(0, equals + 1).toLowerCase(Locale.ROOT)) {
        case "" -> word(flag);
        case "orport=" -> {
          orPort = Addresses.port(value, 1);
          if (orPort < 0) {
            throw bad("has a bad orport");
          }
        }
        case "v3ident=" -> v3Identity = Optional.of(identity(value));
        case "weight=" -> weight = weight(value);
        case "ipv6=" -> orPort6 = Optional.of(ipv6(value));
        case "upload=" -> uploads.add(http(flag, value));
        case "download=" -> downloads.add(http(flag, value));
        case "vote=" -> votes.add(http(flag, value));
        default -> unknown(flag);
      }
    }

    private void word(String flag) {
      switch (flag.toLowerCase(Locale.ROOT)) {
        case "bridge" -> bridge = true;
        case "no-v2", "hs", "no-hs", "v2" -> {
          // Of old networks; tools still write them.
        }
        default -> unknown(flag);
      }
    }

    private void unknown(String flag) {
      warnings.accept(
          OneLine.of(
              line.origin()
                  + ": DirAuthority: unrecognized flag "
                  + OneLine.quote(flag)
                  + " is ignored"));
    }

    private InetSocketAddress dirPort(String word) throws ConfigException {
      Optional<InetAddress> address = Addresses.parse(Addresses.hostOf(word));
      int port = Addresses.port(Addresses.portOf(word), 1);
      if (!(address.orElse(null) instanceof Inet4Address) || port < 0) {
        throw bad("has " + OneLine.quote(word) + ", which is not an IPv4 address and port");
      }
      return new InetSocketAddress(address.get(), port);
    }

    private InetSocketAddress ipv6(String value) throws ConfigException {
      Optional<InetAddress> address = Addresses.parse(Addresses.hostOf(value));
      int port = Addresses.port(Addresses.portOf(value), 1);
      if (!(address.orElse(null) instanceof Inet6Address) || port < 0) {
        throw bad("has a bad ipv6 address");
      }
      return new InetSocketAddress(address.get(), port);
    }

    private InetSocketAddress http(String flag, String url) throws ConfigException {
      String prefix = "http://";
      String rest = url.startsWith(prefix) ? url.substring(prefix.length()) : "";
      String place = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
      Optional<InetAddress> address = Addresses.parse(Addresses.hostOf(place));
      int port = Addresses.port(Addresses.portOf(place), 1);
      if (address.isEmpty() || port < 0) {
        throw bad("has " + OneLine.quote(flag) + ", which is not http://ADDRESS:PORT/");
      }
      return new InetSocketAddress(address.get(), port);
    }

    private double weight(String value) throws ConfigException {
      try {
        double number = Double.parseDouble(value);
        if (number >= 0 && Double.isFinite(number)) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Falls through: the same message for both.
      }
      throw bad("has a bad weight");
    }

    private RsaIdentity identity(String hex) throws ConfigException {
      try {
        return RsaIdentity.fromHex(hex);
      } catch (MalformedException e) {
        throw bad("has " + OneLine.quote(hex) + " where 40 hexadecimal digits belong");
      }
    }

    private ConfigException bad(String problem) {
      return ConfigException.value(line, problem, REMEDY);
    }
  }
}
