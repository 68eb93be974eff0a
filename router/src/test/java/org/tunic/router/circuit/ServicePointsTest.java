package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.testing.SeededRandom;

/** How many circuits may be something to onion services. */
final class ServicePointsTest {
  private final SecureRandom random = new SeededRandom(13);
  private final ServicePoints points =
      new ServicePoints(() -> ServicePoints.Rules.DEFAULTS, () -> 0);

  private ServiceEnd end() {
    ServiceEnd.Circuit circuit =
        (ServiceEnd.Circuit)
            Proxy.newProxyInstance(
                ServiceEnd.class.getClassLoader(),
                new Class<?>[] {ServiceEnd.Circuit.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError(method + " is not for the registry");
                });
    return new ServiceEnd(circuit, points);
  }

  private Ed25519Identity key() {
    byte[] key = new byte[Ed25519Identity.LENGTH];
    random.nextBytes(key);
    return Ed25519Identity.of(key);
  }

  @Test
  void introductions_beyondTheBound_areRefusedUntilOneEnds() {
    ServiceEnd end = end();
    List<Ed25519Identity> keys = new ArrayList<>();
    for (int i = 0; i < ServicePoints.MAX_POINTS; i++) {
      keys.add(key());
      assertTrue(points.introduceAt(keys.getLast(), end), "point " + i);
    }
    assertFalse(points.introduceAt(key(), end));
    assertTrue(points.introduceAt(keys.getFirst(), end()), "a service that comes back");
    points.endIntroduction(keys.getLast(), end);
    assertTrue(points.introduceAt(key(), end));
    assertFalse(points.introduceAt(key(), end));
  }

  @Test
  void waitingClients_beyondTheBound_areRefusedUntilOneLeaves() {
    ServiceEnd end = end();
    List<RendezvousCookie> cookies = new ArrayList<>();
    for (int i = 0; i < ServicePoints.MAX_POINTS; i++) {
      cookies.add(RendezvousCookie.generate(random));
      assertTrue(points.waitFor(cookies.getLast(), end), "client " + i);
    }
    assertFalse(points.waitFor(RendezvousCookie.generate(random), end));
    points.stopWaiting(cookies.getFirst(), end);
    assertFalse(points.waitFor(cookies.getLast(), end()), "a cookie in use");
    assertTrue(points.waitFor(RendezvousCookie.generate(random), end));
    assertFalse(points.waitFor(RendezvousCookie.generate(random), end));
  }
}
