package org.tunic.router.stream.socks;

import java.util.Set;

/**
 * What holds for requests at every port of applications, and may change while ports are open.
 *
 * @param safeSocks refuse addresses, which an application may have looked up outside (SafeSocks)
 * @param testSocks say in the log which applications do (TestSocks)
 * @param rejectInternal refuse streams to private addresses (ClientRejectInternalAddresses)
 * @param rejectInternalAnswers drop private addresses from answers
 *     (ClientDNSRejectInternalAddresses)
 * @param warnPorts ports that are warned about (WarnPlaintextPorts)
 * @param rejectPorts ports that are refused (RejectPlaintextPorts)
 *     <p>Threads: immutable.
 */
public record EntryRules(
    boolean safeSocks,
    boolean testSocks,
    boolean rejectInternal,
    boolean rejectInternalAnswers,
    Set<Integer> warnPorts,
    Set<Integer> rejectPorts) {
  /** Nothing is refused or warned about. */
  public static final EntryRules LENIENT =
      new EntryRules(false, false, false, false, Set.of(), Set.of());

  /** Copies the sets. */
  public EntryRules {
    warnPorts = Set.copyOf(warnPorts);
    rejectPorts = Set.copyOf(rejectPorts);
  }
}
