package org.tunic.router.circuit.service;

/**
 * What a circuit of an onion service or of its visitor is for, which says how far it is to the
 * target (G guard, L2 and L3 the layers, M any relay):
 *
 * <pre>
 *                           two layers         three layers
 * VISITOR_RENDEZVOUS        G L2 target        G L2 L3 target
 * VISITOR_DIRECTORY         G L2 M target      G L2 L3 M target
 * VISITOR_INTRODUCTION      G L2 M target      G L2 L3 M target
 * SERVICE_RENDEZVOUS        G L2 M target      G L2 L3 M target
 * SERVICE_DIRECTORY         G L2 M target      G L2 L3 target
 * SERVICE_INTRODUCTION      G L2 M target      G L2 L3 target
 * DIRECT                    target             target
 * </pre>
 *
 * <p>M keeps targets that somebody else chose, or could foresee, from learning the layer before.
 *
 * <p>Spec: vanguards-spec, path-spec/hidden-service-related-circuits. Threads: immutable.
 */
public enum ServicePurpose {
  /** A visitor's rendezvous point, of its own choice. */
  VISITOR_RENDEZVOUS(false, false),
  /** A visitor asks for a descriptor. */
  VISITOR_DIRECTORY(true, true),
  /** A visitor has itself introduced. */
  VISITOR_INTRODUCTION(true, true),
  /** A service goes to where a visitor waits. */
  SERVICE_RENDEZVOUS(true, true),
  /** A service brings a descriptor. */
  SERVICE_DIRECTORY(true, false),
  /** A service has itself an introduction point, of its own choice but known to all. */
  SERVICE_INTRODUCTION(true, false),
  /** Nothing is between: for services that give up their anonymity. */
  DIRECT(false, false);

  private final boolean middleAfterTwo;
  private final boolean middleAfterThree;

  ServicePurpose(boolean middleAfterTwo, boolean middleAfterThree) {
    this.middleAfterTwo = middleAfterTwo;
    this.middleAfterThree = middleAfterThree;
  }

  /** Whether a relay of no layer stands before the target. */
  boolean hasMiddle(boolean threeLayers) {
    return threeLayers ? middleAfterThree : middleAfterTwo;
  }
}
