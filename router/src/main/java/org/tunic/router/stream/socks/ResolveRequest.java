package org.tunic.router.stream.socks;

/**
 * A look-up an application asked for: the addresses of a name, or the name of an address.
 *
 * @param target a {@link TargetHost.Name} for RESOLVE, a {@link TargetHost.Literal} for RESOLVE_PTR
 * @param isolation which streams may share its circuit
 * @param terms what is asked of the exit; the families of addresses are not its concern here
 *     <p>Threads: immutable.
 */
public record ResolveRequest(TargetHost target, IsolationKey isolation, StreamTerms terms)
    implements ClientRequest {
  @Override
  public String toString() {
    return "ResolveRequest[]";
  }
}
