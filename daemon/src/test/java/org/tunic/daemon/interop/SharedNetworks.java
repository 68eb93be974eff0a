package org.tunic.daemon.interop;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The networks that all suites of a run share, each started when first asked for and ended with the
 * run; a start takes some 20 seconds, most of it the voting schedule. A test asks for a parameter
 * of this type.
 *
 * <p>In both networks the authorities and relays are of one subject and the client {@code driver}
 * is C tor, for its control port. The network of C tor has a further exit of each subject, {@code
 * relayctor} and {@code relayours}, to be used in any seat.
 *
 * <p>Threads: that of the test.
 */
final class SharedNetworks implements AutoCloseable {
  static final String DRIVER = "driver";

  private final Map<String, TorNetwork> networks = new HashMap<>();
  private final Map<String, Throwable> failures = new HashMap<>();
  private @Nullable WebServer web;

  /** Hands the one instance of the run to the tests. */
  static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == SharedNetworks.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.create(SharedNetworks.class))
          .getOrComputeIfAbsent(
              SharedNetworks.class, key -> new SharedNetworks(), SharedNetworks.class);
    }
  }

  /** The network whose authorities and relays are run by {@code subject}. */
  TorNetwork of(Subject subject) throws IOException {
    return started(
        "shared-" + subject.label(),
        subject,
        builder -> {
          // stem takes no consensus that recommends no version.
          builder
              .stable()
              .authorityLine("VersioningAuthoritativeDirectory 1")
              .authorityLine("RecommendedVersions 0.4.9.11");
          if (subject == Subject.CTOR) {
            for (Subject guest : Subject.values()) {
              if (guest.missing().isEmpty()) {
                builder.guest(relayOf(guest), Role.EXIT, guest);
              }
            }
          }
        });
  }

  /**
   * A network like {@link #of} in which nothing happens by itself while memory is measured: after
   * the first consensus it votes at noon and midnight only, since C tor takes up to 60 MiB to
   * compress a new one; and windows are fixed, since those of C tor's congestion control grow for
   * minutes on a loopback.
   */
  TorNetwork quiet(Subject subject) throws IOException {
    return started(
        "quiet-" + subject.label(),
        subject,
        builder -> builder.votingInterval(12 * 3600).authorityLine("ConsensusParams cc_alg=0"));
  }

  private TorNetwork started(String name, Subject subject, Consumer<TorNetwork.Builder> more)
      throws IOException {
    Interop.require(Subject.CTOR); // its client drives, its tools make the keys
    Interop.require(subject);
    Throwable failure = failures.get(name);
    if (failure != null) {
      throw new AssertionError("the network " + name + " did not start", failure);
    }
    TorNetwork network = networks.get(name);
    if (network == null) {
      TorNetwork.Builder builder =
          TorNetwork.in(Interop.directory(name))
              .authorities(3, subject)
              .node("exit0", Role.EXIT, subject)
              .node("mid0", Role.MIDDLE, subject)
              .node("mid1", Role.MIDDLE, subject)
              .node(DRIVER, Role.CLIENT, Subject.CTOR);
      more.accept(builder);
      try {
        network = builder.start();
      } catch (IOException | RuntimeException | Error e) {
        failures.put(name, e);
        throw e;
      }
      networks.put(name, network);
    }
    return network;
  }

  /** The name of the relay that {@code subject} runs in the network of C tor. */
  static String relayOf(Subject subject) {
    return "relay" + subject.label();
  }

  WebServer web() throws IOException {
    if (web == null) {
      web = new WebServer();
    }
    return web;
  }

  @Override
  public void close() throws IOException {
    for (TorNetwork network : networks.values()) {
      network.close();
    }
    if (web != null) {
      web.close();
    }
  }
}
