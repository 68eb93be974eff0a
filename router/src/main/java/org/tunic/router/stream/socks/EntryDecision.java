package org.tunic.router.stream.socks;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsId;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.socks.EntryFailure.Ended;
import org.tunic.router.stream.socks.EntryFailure.Refused;

/**
 * What is to be done for a request, in C tor's order: SafeSocks, MapAddress, virtual addresses,
 * {@code .exit} of a rule, onion addresses, the flags of the port, private addresses, plaintext
 * ports.
 *
 * <p>An application never gets to choose its exit: {@code .exit} works only when a MapAddress rule
 * made it. C tor's {@code relay.exit} without a host before it, for the relay's own address, is
 * refused.
 *
 * <p>Spec: address-spec, socks-extensions. Threads: event loop of the connection.
 */
final class EntryDecision {
  /** What to do. */
  sealed interface Action {}

  /** Open a stream. */
  record Open(StreamRequest request) implements Action {}

  /** Open a stream to an onion service. */
  record Visit(OnionRequest request) implements Action {}

  /** Ask an exit. */
  record Ask(ResolveRequest request) implements Action {}

  /** Answer a look-up without asking anybody. */
  record Answer(InetAddress address) implements Action {}

  /** Say no. */
  record Refuse(EntryFailure why) implements Action {}

  private static final String EXIT_SUFFIX = ".exit";
  private static final String ONION_SUFFIX = ".onion";

  private static final Action TOR_PROTOCOL = ended(EndReason.TORPROTOCOL);
  private static final Action ENTRY_POLICY = new Refuse(Refused.ENTRY_POLICY);

  private final EntryRequest request;
  private final EntrySettings settings;
  private final EntryRules rules;
  private final AddressMap map;
  private final EntryNotices notices;
  private final Bytes clientAddress;

  /**
   * @param clientAddress address bytes of the application
   */
  EntryDecision(
      EntryRequest request,
      EntrySettings settings,
      EntryRules rules,
      AddressMap map,
      EntryNotices notices,
      Bytes clientAddress) {
    this.request = request;
    this.settings = settings;
    this.rules = rules;
    this.map = map;
    this.notices = notices;
    this.clientAddress = clientAddress;
  }

  Action make() {
    if (isUnsafe()) {
      return ENTRY_POLICY;
    }
    return request.command() == SocksCommand.RESOLVE_PTR ? reverse() : forward();
  }

  private boolean isUnsafe() {
    boolean looksResolved =
        request.numeric()
            && request.command() != SocksCommand.RESOLVE_PTR
            && !map.knows(request.target().unredacted());
    if (looksResolved && (rules.safeSocks() || rules.testSocks())) {
      notices.addressInsteadOfName(request.version(), rules.safeSocks());
    } else if (!request.numeric() && rules.testSocks() && request.version() != EntryRequest.HTTP) {
      notices.nameGiven(request.version());
    }
    return looksResolved && rules.safeSocks();
  }

  private Action reverse() {
    if (!(request.target() instanceof TargetHost.Literal(InetAddress address))) {
      return TOR_PROTOCOL;
    }
    if (rules.rejectInternalAnswers() && IpLiteral.isInternal(address)) {
      return ended(EndReason.RESOLVEFAILED);
    }
    return portTakes(request.target())
        ? new Ask(new ResolveRequest(request.target(), isolation(), terms(Optional.empty())))
        : ENTRY_POLICY;
  }

  private Action forward() {
    String asked = request.target().unredacted();
    if (isExit(asked)) {
      notices.dotExit();
      return TOR_PROTOCOL;
    }
    String mapped = map.rewrite(asked).toLowerCase(Locale.ROOT);
    Optional<String> exit = Optional.empty();
    if (isExit(mapped)) {
      String named = mapped.substring(0, mapped.length() - EXIT_SUFFIX.length());
      int dot = named.lastIndexOf('.');
      if (dot <= 0 || dot == named.length() - 1) {
        return TOR_PROTOCOL;
      }
      exit = Optional.of(named.substring(dot + 1));
      mapped = named.substring(0, dot);
    }
    Optional<TargetHost> target = TargetHost.parse(mapped);
    return target.isPresent() ? forward(target.get(), exit) : TOR_PROTOCOL;
  }

  private static boolean isExit(String host) {
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return bare.endsWith(EXIT_SUFFIX);
  }

  private Action forward(TargetHost mapped, Optional<String> exit) {
    TargetHost target = mapped;
    switch (mapped) {
      case TargetHost.Name(String name) -> {
        if (request.command() == SocksCommand.RESOLVE && map.shouldAutomap(name)) {
          return automap(name);
        }
        if (AddressMap.isVirtual(name)) {
          notices.virtualAddressUnknown();
          return ended(EndReason.INTERNAL);
        }
      }
      case TargetHost.Literal(InetAddress address) -> {
        Optional<String> name = map.nameOf(address);
        if (name.isEmpty() && map.isVirtual(address)) {
          notices.virtualAddressUnknown();
          return ended(EndReason.INTERNAL);
        }
        target = name.<TargetHost>map(TargetHost.Name::new).orElse(mapped);
      }
    }
    if (target instanceof TargetHost.Name(String name) && isOnion(name)) {
      return onion(name);
    }
    if (!portTakes(target)) {
      return ENTRY_POLICY;
    }
    return request.command() == SocksCommand.RESOLVE ? lookUp(target, exit) : connect(target, exit);
  }

  private Action automap(String name) {
    EntrySettings.Traffic traffic = settings.traffic();
    boolean ipv6 =
        request.version() != 4
            && (!traffic.ipv4()
                || (traffic.ipv6() && traffic.preferIpv6())
                || traffic.preferIpv6Automap());
    return map.automap(name, ipv6).<Action>map(Answer::new).orElse(ended(EndReason.INTERNAL));
  }

  private static boolean isOnion(String name) {
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return bare.endsWith(ONION_SUFFIX);
  }

  /**
   * The one place where onion addresses go. Labels before the address belong to the service, not to
   * its name.
   */
  private Action onion(String name) {
    if (request.command() != SocksCommand.CONNECT) {
      return ended(EndReason.RESOLVEFAILED);
    }
    String bare = name.substring(0, name.lastIndexOf(ONION_SUFFIX));
    HsId service;
    try {
      service = HsId.parse(bare.substring(bare.lastIndexOf('.') + 1));
    } catch (MalformedException e) {
      return new Refuse(
          new EntryFailure.Onion(EntryFailure.OnionError.BAD_ADDRESS, EndReason.TORPROTOCOL));
    }
    if (!settings.traffic().onions()) {
      return ENTRY_POLICY;
    }
    return request.port() == 0
        ? TOR_PROTOCOL
        : new Visit(new OnionRequest(service, request.port(), isolation()));
  }

  private boolean portTakes(TargetHost target) {
    EntrySettings.Traffic traffic = settings.traffic();
    if (traffic.onlyOnions()) {
      return false;
    }
    return switch (target) {
      case TargetHost.Name _ -> traffic.names();
      case TargetHost.Literal(InetAddress address) ->
          address instanceof Inet6Address ? traffic.ipv6() : traffic.ipv4();
    };
  }

  private Action lookUp(TargetHost target, Optional<String> exit) {
    return switch (target) {
      case TargetHost.Literal(InetAddress address) -> new Answer(address);
      case TargetHost.Name _ -> new Ask(new ResolveRequest(target, isolation(), terms(exit)));
    };
  }

  private Action connect(TargetHost target, Optional<String> exit) {
    if (request.port() == 0) {
      return TOR_PROTOCOL;
    }
    if (exit.isEmpty() && rules.rejectInternal() && isInternal(target)) {
      return new Refuse(Refused.PRIVATE_ADDRESS);
    }
    boolean ipv6 =
        target instanceof TargetHost.Literal(InetAddress address)
            && !(address instanceof Inet4Address);
    if (request.version() == 4 && (ipv6 || !settings.traffic().ipv4())) {
      return ENTRY_POLICY; // SOCKS 4 knows no IPv6
    }
    if (exit.isEmpty()) {
      boolean refused = rules.rejectPorts().contains(request.port());
      if (rules.warnPorts().contains(request.port())) {
        notices.plaintextPort(refused);
      }
      if (refused) {
        return ENTRY_POLICY;
      }
    }
    return new Open(new StreamRequest(target, request.port(), isolation(), terms(exit)));
  }

  private static boolean isInternal(TargetHost target) {
    return switch (target) {
      case TargetHost.Literal(InetAddress address) -> IpLiteral.isInternal(address);
      case TargetHost.Name(String name) ->
          name.equals("localhost") || name.equals("local") || name.endsWith(".local");
    };
  }

  /** Keys are of what the application said, whatever the map made of it. */
  private IsolationKey isolation() {
    EntrySettings.Isolation by = settings.isolation();
    return new IsolationKey(
        settings.sessionGroup(),
        by.clientAddress() ? clientAddress : Bytes.EMPTY,
        by.clientProtocol() ? request.version() : 0,
        by.socksAuth() ? request.user() : Bytes.EMPTY,
        by.socksAuth() ? request.password() : Bytes.EMPTY,
        by.destinationPort() ? request.port() : 0,
        by.destination() ? request.target().unredacted() : "");
  }

  private StreamTerms terms(Optional<String> exit) {
    EntrySettings.Traffic traffic = settings.traffic();
    boolean credentials = request.user().length() > 0 || request.password().length() > 0;
    return new StreamTerms(
        traffic.ipv4(),
        traffic.ipv6() && request.version() != 4,
        traffic.preferIpv6(),
        settings.keepAlive() && settings.isolation().socksAuth() && credentials,
        exit);
  }

  private static Action ended(EndReason reason) {
    return new Refuse(new Ended(reason));
  }
}
