package org.tunic.router.stream.socks;

/**
 * A lookup an application asked for: the addresses of a name, or the name of an address.
 *
 * @param target a {@link TargetHost.Name} for RESOLVE, a {@link TargetHost.Literal} for RESOLVE_PTR
 * @param isolation which streams may share its circuit
 *     <p>Threads: immutable.
 */
public record ResolveRequest(TargetHost target, IsolationKey isolation) {
  @Override
  public String toString() {
    return "ResolveRequest[]";
  }
}
