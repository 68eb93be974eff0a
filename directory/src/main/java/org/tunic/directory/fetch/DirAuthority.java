package org.tunic.directory.fetch;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * A configured directory authority.
 *
 * <p>Spec: tor(1) DirAuthority. Threads: immutable.
 *
 * @param nickname its name; for people only
 * @param v3ident SHA-1 of the authority identity key that certifies its signing keys; null for one
 *     that has no vote (a bridge authority)
 * @param fingerprint SHA-1 of its relay identity key
 * @param orPorts its OR port: IPv4, then IPv6 if it has one
 * @param dirPort its directory port
 */
public record DirAuthority(
    String nickname,
    @Nullable RsaIdentity v3ident,
    RsaIdentity fingerprint,
    List<InetSocketAddress> orPorts,
    InetSocketAddress dirPort) {

  /** Copies the list. */
  public DirAuthority {
    orPorts = List.copyOf(orPorts);
  }

  /** The authority identity, if it votes. */
  public Optional<RsaIdentity> v3() {
    return Optional.ofNullable(v3ident);
  }

  /**
   * Reads what stands behind {@code DirAuthority} in a torrc: {@code [NICK] [flags] ADDR:DIRPORT
   * FINGERPRINT}, the flags being {@code orport=}, {@code v3ident=}, {@code ipv6=} and others that
   * are ignored ({@code no-v2}, {@code bridge}, {@code weight=}, {@code upload=} …). The
   * fingerprint may be in groups.
   *
   * @throws MalformedException with a text for the operator if a part is missing or malformed
   */
  public static DirAuthority parse(String line) throws MalformedException {
    String[] words = line.strip().split("\\s+");
    int at = 0;
    String nickname = "";
    if (!words[0].isEmpty() && words[0].indexOf('=') < 0 && words[0].indexOf(':') < 0) {
      nickname = words[at++];
    }
    int orPort = -1;
    RsaIdentity v3ident = null;
    InetSocketAddress ipv6 = null;
    for (; at < words.length && RelayAddress.parse(words[at]).isEmpty(); at++) {
      String word = words[at];
      String flag = word.toLowerCase(Locale.ROOT);
      if (flag.startsWith("orport=")) {
        orPort = RelayAddress.port(word.substring("orport=".length()));
      } else if (flag.startsWith("v3ident=")) {
        v3ident = RsaIdentity.fromHex(word.substring("v3ident=".length()));
      } else if (flag.startsWith("ipv6=")) {
        ipv6 =
            RelayAddress.parse(word.substring("ipv6=".length()))
                .orElseThrow(() -> new MalformedException("bad ipv6= address"))
                .socketAddress();
      }
    }
    if (at == words.length) {
      throw new MalformedException("no address of the form 1.2.3.4:80");
    }
    InetSocketAddress dirPort = RelayAddress.parse(words[at++]).orElseThrow().socketAddress();
    StringBuilder fingerprint = new StringBuilder();
    while (at < words.length) {
      fingerprint.append(words[at++]);
    }
    if (orPort <= 0) {
      throw new MalformedException("no orport=");
    }
    List<InetSocketAddress> orPorts = new ArrayList<>();
    orPorts.add(new InetSocketAddress(dirPort.getAddress(), orPort));
    if (ipv6 != null) {
      orPorts.add(ipv6);
    }
    return new DirAuthority(
        nickname, v3ident, RsaIdentity.fromHex(fingerprint.toString()), orPorts, dirPort);
  }

  /** The name, without addresses. */
  @Override
  public String toString() {
    return "authority " + nickname;
  }
}
