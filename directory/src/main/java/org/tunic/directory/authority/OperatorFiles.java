package org.tunic.directory.authority;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.authority.descriptors.AddressRules;
import org.tunic.directory.authority.descriptors.ApprovedRouters;
import org.tunic.directory.authority.flags.RelayMarks;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * What the operator of an authority says about single relays.
 *
 * @param approvedRouters the file approved-routers
 * @param addresses AuthDirReject, AuthDirInvalid, AuthDirBadExit and AuthDirMiddleOnly
 * @param bandwidths V3BandwidthsFile, read at each vote; null for none
 * @param guardFractions GuardfractionFile, read at each vote; null for none
 *     <p>Spec: tor(1), "DIRECTORY AUTHORITY SERVER OPTIONS". Threads: immutable.
 */
public record OperatorFiles(
    ApprovedRouters approvedRouters,
    AddressRules addresses,
    @Nullable Path bandwidths,
    @Nullable Path guardFractions) {
  /** Nothing is said. */
  public static final OperatorFiles NONE = of(ApprovedRouters.EMPTY);

  /** Only that file. */
  public static OperatorFiles of(ApprovedRouters approvedRouters) {
    return new OperatorFiles(approvedRouters, AddressRules.NONE, null, null);
  }

  /** What is said about the relay, by identity or by address. */
  public RelayMarks marks(RouterDescriptor relay) {
    return approvedRouters.of(relay.ids()).or(addresses.of(relay.contents().orPort()));
  }
}
