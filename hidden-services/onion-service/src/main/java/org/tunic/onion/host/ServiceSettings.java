package org.tunic.onion.host;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.router.cell.IntroDos;

/**
 * What a service is like. May be changed while it runs.
 *
 * <p>Threads: immutable, if its targets are.
 *
 * @param ports where streams to each virtual port, 1 to 65535, go; one of several targets is chosen
 *     at random for each stream
 * @param streams what a visitor's circuit may do
 * @param introPoints {@code HiddenServiceNumIntroductionPoints}: introduction points to keep, 1 to
 *     20
 * @param clients who may visit; empty for everybody
 * @param introDos what introduction points are asked to limit; empty: as the consensus says
 * @param pow whether proof of work is asked for; empty: it is not
 * @param singleHop {@code HiddenServiceNonAnonymousMode}: the service gives up its own anonymity
 *     and builds circuits of one hop to introduction and rendezvous points
 */
public record ServiceSettings(
    Map<Integer, List<ServiceTarget>> ports,
    StreamRules streams,
    int introPoints,
    Collection<HsClientPublicKey> clients,
    Optional<IntroDos> introDos,
    Optional<PowDefence> pow,
    boolean singleHop) {
  /** Introduction points unless somebody says otherwise. */
  public static final int DEFAULT_INTRO_POINTS = 3;

  /** Most introduction points. */
  public static final int MAX_INTRO_POINTS = 20;

  /** Copies the collections. */
  public ServiceSettings {
    Map<Integer, List<ServiceTarget>> copy = new HashMap<>();
    ports.forEach((port, targets) -> copy.put(port, List.copyOf(targets)));
    ports = Map.copyOf(copy);
    clients = Set.copyOf(clients);
    if (introPoints < 1 || introPoints > MAX_INTRO_POINTS) {
      throw new IllegalArgumentException("1 to 20 introduction points");
    }
    if (ports.keySet().stream().anyMatch(port -> port < 1 || port > 0xffff)
        || ports.values().stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("a port out of range or without a target");
    }
  }

  /** A service for everybody with C tor's defaults. */
  public static ServiceSettings of(Map<Integer, List<ServiceTarget>> ports) {
    return new ServiceSettings(
        ports,
        StreamRules.DEFAULT,
        DEFAULT_INTRO_POINTS,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** The same with other rules for what a visitor's circuit may do. */
  public ServiceSettings with(StreamRules rules) {
    return new ServiceSettings(ports, rules, introPoints, clients, introDos, pow, singleHop);
  }
}
