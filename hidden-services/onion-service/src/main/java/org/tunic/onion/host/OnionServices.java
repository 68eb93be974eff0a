package org.tunic.onion.host;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.congestion.FlowSettings;

/**
 * The onion services of this process, which may be added and removed at any time.
 *
 * <p>Threads: any.
 */
public final class OnionServices implements AutoCloseable {
  private final ServiceWorld world;
  private final Reception.Limits limits;
  private final Map<HsId, HostedService> services = new ConcurrentHashMap<>();

  /**
   * No services yet.
   *
   * @param circuits builds their circuits
   * @param directories brings their descriptors to directories
   * @param testingNetwork whether periods are short
   * @param allowPrivate whether rendezvous points may have private addresses
   * @param maxCircuitDirtiness {@code MaxCircuitDirtiness}: how long a visitor's circuit may be
   *     without streams
   * @param random must not be foreseeable
   */
  public OnionServices(
      ServiceCircuits circuits,
      HsDirectories directories,
      FlowSettings flow,
      boolean testingNetwork,
      boolean allowPrivate,
      Duration maxCircuitDirtiness,
      InstantSource clock,
      SecureRandom random) {
    this.world =
        new ServiceWorld(circuits, directories, flow, testingNetwork, allowPrivate, clock, random);
    this.limits = Reception.Limits.withIdle(maxCircuitDirtiness);
  }

  /**
   * Starts a service. It works as soon as the network can be used.
   *
   * @param identity its key, owned from here on
   * @throws IllegalStateException if there is one of this name; the key is closed then
   */
  public OnionService add(HsIdKeypair identity, ServiceSettings settings) {
    HostedService service = new HostedService(identity, settings, world, limits);
    if (services.putIfAbsent(service.id(), service) != null) {
      identity.close();
      throw new IllegalStateException("a second onion service with the same key");
    }
    Thread.ofVirtual().name("onion service").start(service);
    return handle(service);
  }

  /** Ends a service; nothing happens if there is none of this name. */
  public void remove(HsId name) {
    HostedService service = services.remove(name);
    if (service != null) {
      service.close();
    }
  }

  /** The service of this name. */
  public Optional<OnionService> find(HsId name) {
    return Optional.ofNullable(services.get(name)).map(this::handle);
  }

  private OnionService handle(HostedService service) {
    return new OnionService(service, () -> services.remove(service.id(), service));
  }

  /** There is another view of the network. */
  public void networkChanged() {
    services.values().forEach(HostedService::wake);
  }

  /** All of them. */
  public List<OnionService> all() {
    return services.values().stream().map(this::handle).toList();
  }

  /** Ends all services. */
  @Override
  public void close() {
    List.copyOf(services.values()).forEach(HostedService::close);
    services.clear();
  }
}
