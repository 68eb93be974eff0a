package org.tunic.daemon.wiring;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLine;

/**
 * The ports a node listens on, and how they change while it runs: what is new is opened first, so
 * that a port that cannot be had leaves everything as it was; then what is no longer wanted closes.
 *
 * <p>A port that only changes its flags, or its address but not its number, cannot be open twice:
 * it is opened after the old one has closed, in {@link Change#commit}.
 *
 * <p>Threads: one.
 */
final class ListenerSet implements AutoCloseable {
  /** Opens one port. */
  @FunctionalInterface
  interface Opener {
    /**
     * Binds and listens.
     *
     * @throws ConfigException with the line of the port if it cannot be had
     */
    Open open() throws ConfigException;
  }

  /**
   * A port that is open.
   *
   * @param address where it listens
   * @param stop stops listening, and returns when that is done; connections in use go on
   */
  record Open(InetSocketAddress address, Runnable stop) {}

  /**
   * A port to have.
   *
   * @param key the same for two configurations if the port need not be opened anew: kind, address
   *     and flags
   * @param address where it shall listen; port 0 if the system chooses
   */
  record Wanted(String key, InetSocketAddress address, Opener opener) {}

  private record Listener(InetSocketAddress asked, Open open) {}

  private final Map<String, Listener> listeners = new LinkedHashMap<>();

  /**
   * Opens what is wanted and not yet open.
   *
   * @throws ConfigException if one cannot be had; nothing has changed then
   */
  Change prepare(List<Wanted> wanted) throws ConfigException {
    Set<String> keys = wanted.stream().map(Wanted::key).collect(Collectors.toSet());
    Change change = new Change(keys);
    try {
      for (Wanted port : wanted) {
        if (listeners.containsKey(port.key()) || change.opened.containsKey(port.key())) {
          continue;
        }
        boolean taken =
            listeners.entrySet().stream()
                .anyMatch(
                    old ->
                        !keys.contains(old.getKey())
                            && port.address().getPort() != 0
                            && old.getValue().asked().getPort() == port.address().getPort());
        if (taken) {
          change.late.add(port);
        } else {
          change.opened.put(port.key(), new Listener(port.address(), port.opener().open()));
        }
      }
    } catch (ConfigException e) {
      change.rollback();
      throw e;
    }
    return change;
  }

  /** Where the first open port whose key starts like this listens. */
  Optional<InetSocketAddress> first(String kind) {
    return listeners.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(kind))
        .map(entry -> entry.getValue().open().address())
        .findFirst();
  }

  /**
   * Waits for a port to open.
   *
   * @throws ConfigException with the line of the port if it cannot be had
   */
  static <T> T await(Future<T> opening, ConfigLine line) throws ConfigException {
    try {
      return opening.get();
    } catch (ExecutionException e) {
      throw ConfigException.cannotListen(line, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ConfigException.cannotListen(line, e);
    }
  }

  /** Stops listening everywhere. */
  @Override
  public void close() {
    listeners.values().forEach(listener -> listener.open().stop().run());
    listeners.clear();
  }

  /** A change that has begun: exactly one of its methods is called. */
  final class Change {
    private final Set<String> keys;
    private final Map<String, Listener> opened = new LinkedHashMap<>();
    private final List<Wanted> late = new ArrayList<>();

    private Change(Set<String> keys) {
      this.keys = keys;
    }

    /**
     * Closes what is not wanted any more, opens what had to wait for that.
     *
     * @throws ConfigException if one of the latter cannot be had; the others are open nevertheless
     */
    void commit() throws ConfigException {
      listeners
          .entrySet()
          .removeIf(
              entry -> {
                boolean gone = !keys.contains(entry.getKey());
                if (gone) {
                  entry.getValue().open().stop().run();
                }
                return gone;
              });
      listeners.putAll(opened);
      ConfigException failed = null;
      for (Wanted port : late) {
        try {
          listeners.put(port.key(), new Listener(port.address(), port.opener().open()));
        } catch (ConfigException e) {
          failed = e;
        }
      }
      if (failed != null) {
        throw failed;
      }
    }

    /** Closes what was opened for the change. */
    void rollback() {
      opened.values().forEach(listener -> listener.open().stop().run());
    }
  }
}
