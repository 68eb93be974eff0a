package org.tunic.daemon.log;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tunic.daemon.config.LogTarget.Domain;

/**
 * Which of C tor's logging domains a logger belongs to: by its package, the longest match wins.
 *
 * <p>Threads: immutable.
 */
final class Domains {
  private static final String ROOT = "org.tunic.";

  private static final Map<String, Domain> BY_PACKAGE = new LinkedHashMap<>();

  static {
    BY_PACKAGE.put("crypto", Domain.CRYPTO);
    BY_PACKAGE.put("directory.authority", Domain.DIRSERV);
    BY_PACKAGE.put("directory.serve", Domain.DIRSERV);
    BY_PACKAGE.put("directory", Domain.DIR);
    BY_PACKAGE.put("router.link", Domain.HANDSHAKE);
    BY_PACKAGE.put("router.channel", Domain.CHANNEL);
    BY_PACKAGE.put("router.circuit", Domain.CIRC);
    BY_PACKAGE.put("router.stream.begindir", Domain.HTTP);
    BY_PACKAGE.put("router.stream.socks", Domain.APP);
    BY_PACKAGE.put("router.stream", Domain.EDGE);
    BY_PACKAGE.put("router.path", Domain.CIRC);
    BY_PACKAGE.put("router.guard", Domain.GUARD);
    BY_PACKAGE.put("router.limit", Domain.DOS);
    BY_PACKAGE.put("router", Domain.OR);
    BY_PACKAGE.put("daemon.config", Domain.CONFIG);
    BY_PACKAGE.put("daemon.keystore", Domain.FS);
    BY_PACKAGE.put("daemon.control", Domain.CONTROL);
  }

  private Domains() {}

  /** The domain of a logger; GENERAL if no package is listed for it. */
  static Domain of(String logger) {
    if (!logger.startsWith(ROOT)) {
      return logger.startsWith("io.netty.") ? Domain.NET : Domain.GENERAL;
    }
    String name = logger.substring(ROOT.length());
    for (Map.Entry<String, Domain> entry : BY_PACKAGE.entrySet()) {
      String prefix = entry.getKey();
      if (name.startsWith(prefix)
          && (name.length() == prefix.length() || name.charAt(prefix.length()) == '.')) {
        return entry.getValue();
      }
    }
    return Domain.GENERAL;
  }
}
