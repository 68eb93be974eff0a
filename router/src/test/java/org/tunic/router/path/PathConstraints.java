package org.tunic.router.path;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;

/**
 * The rules of path-spec said a second time, plainly and slowly, to check the fast code against.
 *
 * <p>Threads: any, because it has no state.
 */
final class PathConstraints {
  private PathConstraints() {}

  /** For each pair of relays of the view whether they may not share a path. */
  static boolean[][] related(NetworkView view, boolean distinctSubnets) {
    List<Relay> relays = view.relays();
    boolean[][] related = new boolean[relays.size()][relays.size()];
    for (int i = 0; i < relays.size(); i++) {
      for (int j = 0; j < relays.size(); j++) {
        related[i][j] = related(relays.get(i), relays.get(j), distinctSubnets);
      }
    }
    return related;
  }

  static boolean related(Relay a, Relay b, boolean distinctSubnets) {
    return a.ids().rsa().equals(b.ids().rsa())
        || (declares(a, b) && declares(b, a))
        || !Collections.disjoint(a.family().ids(), b.family().ids())
        || (distinctSubnets && shareSubnet(a, b));
  }

  private static boolean declares(Relay a, Relay b) {
    return a.family().identities().contains(b.ids().rsa())
        || a.family().nicknames().contains(b.nickname());
  }

  private static boolean shareSubnet(Relay a, Relay b) {
    for (InetSocketAddress mine : a.orPorts()) {
      for (InetSocketAddress other : b.orPorts()) {
        if (shareSubnet(mine.getAddress(), other.getAddress())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean shareSubnet(InetAddress a, InetAddress b) {
    byte[] mine = a.getAddress();
    byte[] other = b.getAddress();
    int prefix = mine.length == 4 ? 2 : 4;
    return mine.length == other.length
        && Arrays.equals(Arrays.copyOf(mine, prefix), Arrays.copyOf(other, prefix));
  }
}
