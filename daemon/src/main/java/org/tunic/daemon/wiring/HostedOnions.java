package org.tunic.daemon.wiring;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.OnionOptions;
import org.tunic.daemon.config.OnionServiceOptions;
import org.tunic.daemon.keystore.ClientOnionKeys;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.OnionKeyDirectory;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.OnionServices;
import org.tunic.onion.host.PowDefence;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.onion.host.ServiceTarget;
import org.tunic.onion.host.StreamRules;
import org.tunic.router.cell.IntroDos;

/**
 * Keeps the onion services running that the configuration names. Those of a directory that stays
 * keep their introduction points and visitors when it is read again.
 *
 * <p>Threads: one at a time, that of the node's start and reloads.
 */
final class HostedOnions {
  private static final Logger LOG = LoggerFactory.getLogger(HostedOnions.class);

  private final OnionServices services;
  private final ServiceTargets targets;
  private final SecureRandom random;

  /** By HiddenServiceDir. */
  private Map<Path, OnionService> running = new HashMap<>();

  HostedOnions(OnionServices services, ServiceTargets targets, SecureRandom random) {
    this.services = services;
    this.targets = targets;
    this.random = random;
  }

  /**
   * One service to be.
   *
   * @param key of one that does not run yet; null for one that does
   */
  private record Wanted(ServiceSettings settings, @Nullable HsIdKeypair key) {}

  /** A change that was checked; exactly one of its methods is called. */
  final class Change {
    private final Map<Path, Wanted> wanted = new LinkedHashMap<>();

    private Change() {}

    /** Starts, changes and ends services. */
    void commit() {
      Map<Path, OnionService> next = new HashMap<>();
      running.forEach(
          (directory, service) -> {
            if (!wanted.containsKey(directory)) {
              service.close();
            }
          });
      wanted.forEach(
          (directory, service) -> {
            OnionService present = running.get(directory);
            if (service.key() != null) {
              next.put(directory, services.add(service.key(), service.settings()));
            } else if (present != null) {
              present.use(service.settings());
              next.put(directory, present);
            }
          });
      running = next;
    }

    /** Leaves everything as it was. */
    void rollback() {
      wanted
          .values()
          .forEach(
              service -> {
                if (service.key() != null) {
                  service.key().close();
                }
              });
    }
  }

  /**
   * Checks, for {@code --verify-config}, that the directories a configuration names are closed to
   * others, and that there are keys of clients to read. Nothing is made. As with C tor, in a
   * testing network the modes of the directories do not matter yet.
   */
  static void check(OnionOptions options, boolean testing) throws ConfigException {
    try {
      for (OnionServiceOptions service : options.services()) {
        if (!testing) {
          new OnionKeyDirectory(service.directory(), service.groupReadable()).check();
        }
      }
      if (options.clientKeys().isPresent()) {
        ClientOnionKeys.load(options.clientKeys().get(), LOG::warn).close();
      }
    } catch (KeystoreException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /**
   * Reads keys and clients of the services in a configuration; makes the keys that are missing.
   *
   * @throws ConfigException if they cannot be had; nothing has changed then but keys that were made
   */
  Change prepare(OnionOptions options) throws ConfigException {
    Change change = new Change();
    try {
      for (OnionServiceOptions service : options.services()) {
        OnionKeyDirectory keys =
            new OnionKeyDirectory(service.directory(), service.groupReadable());
        boolean runs = running.containsKey(service.directory());
        keys.check();
        List<HsClientPublicKey> clients = keys.clients(LOG::warn);
        @Nullable HsIdKeypair key = runs ? null : keys.open(random, LOG::warn);
        if (key != null && isTaken(change, key)) {
          key.close();
          throw new ConfigException(
              "two directories of HiddenServiceDir hold the same key; remove one of them");
        }
        change.wanted.put(
            service.directory(), new Wanted(settings(service, options.singleHop(), clients), key));
      }
      return change;
    } catch (KeystoreException e) {
      change.rollback();
      throw new ConfigException(e.getMessage());
    } catch (ConfigException e) {
      change.rollback();
      throw e;
    }
  }

  private boolean isTaken(Change change, HsIdKeypair key) {
    return running.values().stream().anyMatch(service -> service.id().equals(key.id()))
        || change.wanted.values().stream()
            .anyMatch(other -> other.key() != null && other.key().id().equals(key.id()));
  }

  private ServiceSettings settings(
      OnionServiceOptions service, boolean singleHop, List<HsClientPublicKey> clients) {
    Map<Integer, List<ServiceTarget>> ports = new HashMap<>();
    for (OnionServiceOptions.Port port : service.ports()) {
      ports
          .computeIfAbsent(port.virtualPort(), _ -> new ArrayList<>())
          .add(targets.target(port.target(), service.exportCircuitId()));
    }
    return new ServiceSettings(
        ports,
        new StreamRules(
            service.streams().most(),
            service.streams().closesCircuit(),
            service.allowUnknownPorts()),
        service.introPoints(),
        clients,
        service.introDos().map(dos -> new IntroDos(dos.ratePerSecond(), dos.burst())),
        service.pow().map(pow -> new PowDefence(pow.queueRatePerSecond(), pow.queueBurst())),
        singleHop);
  }
}
