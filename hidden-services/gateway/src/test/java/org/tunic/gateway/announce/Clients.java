package org.tunic.gateway.announce;

import java.util.List;

/** Announces as real clients send them, with what they tell of the user put in. */
public final class Clients {
  /** The info hash in all of them. */
  static final String INFO_HASH = "%22%C7%0A%A3%EB%E5K%26%9A%E5%27%88%17a%62%63%64%65%66%67";

  private Clients() {}

  /** What stands behind the question mark, of five clients. */
  public static List<String> queries() {
    return List.of(
        "info_hash="
            + INFO_HASH
            + "&peer_id=A2-1-36-0-%A3%EB%E5K%26%9A%E5%27%88%17&uploaded=17&downloaded=4&left=400000&compact=1"
            + "&key=%E5K%26%9A%E5%27%88%17&numwant=50&no_peer_id=1&port=6901&event=started&supportcrypto=1"
            + "&ip=203.0.113.7",
        "info_hash="
            + INFO_HASH
            + "&peer_id=-TR3000-t2asy0m7sxwr&port=6902&uploaded=17&downloaded=4&left=400000&numwant=80"
            + "&key=2e023e4a&compact=1&supportcrypto=1&event=started&ipv6=2001%3Adb8%3A77%3A%3A2",
        "info_hash="
            + INFO_HASH
            + "&peer_id=-qB4520-a5L9xJtPDNJv&port=6903&uploaded=17&downloaded=4&left=400000&corrupt=0"
            + "&key=3E14540C&event=started&numwant=200&compact=1&no_peer_id=1&supportcrypto=1&redundant=0"
            + "&ipv4=203.0.113.7&ipv6=2001%3adb8%3a77%3a%3a2",
        "info_hash="
            + INFO_HASH
            + "&peer_id=-lt0D80-%B5%042abcdefghi&key=2f7d849f&ip=203.0.113.7&compact=1&port=6904"
            + "&uploaded=17&downloaded=4&left=400000&event=started",
        "numwant=50&uploaded=17&downloaded=4&left=16384&event=started&compact=1&info_hash="
            + INFO_HASH
            + "&peer_id=-WW0208-9EoHzdG2cYfW&port=6905");
  }
}
