package org.tunic.router.stream.socks;

import java.net.InetAddress;
import org.tunic.crypto.bytes.Bytes;

/**
 * Answers of a SOCKS port.
 *
 * @param version 4 or 5
 * @param extendedErrors whether errors of onion services are told apart, in SOCKS 5
 *     <p>Spec: socks-extensions#extended-error-codes. Threads: immutable.
 */
record SocksAnswers(int version, boolean extendedErrors) implements EntryAnswers {
  @Override
  public Bytes connected() {
    return SocksReply.SUCCEEDED.encode(version);
  }

  @Override
  public Bytes resolved(InetAddress address) {
    return SocksReply.resolved(version, address);
  }

  @Override
  public Bytes resolvedName(String name) {
    return SocksReply.resolvedName(name);
  }

  @Override
  public Bytes failed(EntryFailure why) {
    return switch (why) {
      case EntryFailure.Ended(var reason) -> SocksReply.to(reason).encode(version);
      case EntryFailure.Refused.ENTRY_POLICY -> SocksReply.NOT_ALLOWED.encode(version);
      case EntryFailure.Refused.PRIVATE_ADDRESS -> SocksReply.GENERAL_FAILURE.encode(version);
      case EntryFailure.Onion(var error, var reason) ->
          extendedErrors && version == 5
              ? SocksReply.extended(error)
              : SocksReply.to(reason).encode(version);
    };
  }
}
