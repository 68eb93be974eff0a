package org.tunic.daemon.wiring;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Refuses every look-up of a name or address by the JVM. A name that reached the system's resolver
 * would tell the local network what is visited through the overlay; only the exit resolves, and it
 * has a resolver of its own.
 *
 * <p>Found by {@code META-INF/services}, so that it is in force before any class of ours is.
 * Literal addresses never get here.
 *
 * <p>Threads: any, because it has no state.
 */
public final class NoNameLookup extends InetAddressResolverProvider {
  /** For the service loader. */
  public NoNameLookup() {}

  @Override
  public InetAddressResolver get(Configuration configuration) {
    return new Refusal();
  }

  @Override
  public String name() {
    return "no name look-up";
  }

  private static final class Refusal implements InetAddressResolver {
    private static final String MESSAGE = "this process looks up no names";

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy lookupPolicy)
        throws UnknownHostException {
      throw new UnknownHostException(MESSAGE);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      throw new UnknownHostException(MESSAGE);
    }
  }
}
