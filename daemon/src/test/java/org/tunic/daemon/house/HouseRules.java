package org.tunic.daemon.house;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethodReference;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/**
 * The rules, for the tree of packages below one root: {@code org.tunic} for the product, another
 * for the controls. A <em>room</em> is a package relative to the root, with all below it.
 *
 * <p>Threads: immutable.
 */
final class HouseRules {
  /** Modules from the bottom; each may use those before it. What is not named is a service. */
  private static final List<String> MODULES = List.of("crypto", "directory", "router", "onion");

  private static final String TOP_MODULE = "daemon";

  private static final Set<String> NETTY_ROOMS =
      Set.of(
          "router.link",
          "router.channel",
          "router.circuit",
          "router.stream",
          "onion",
          "daemon.gateway",
          "daemon.metrics",
          "daemon.tracker",
          "daemon.wiring");
  private static final Set<String> SOCKET_ROOMS =
      Set.of(
          "router.link",
          "router.stream.exit",
          "router.stream.socks",
          "router.stream.begindir",
          "daemon.gateway",
          "daemon.metrics",
          "daemon.tracker");

  /** The demo's web server and SOCKS client stand for programs outside; they stay on loopback. */
  private static final String OUTSIDE = "daemon.demo";

  private static final String WIRING = "daemon.wiring";

  /** Makes the sleeper that the wiring hands to its own package; tests hand over another. */
  private static final String SLEEPER = "directory.authority.voting.VotingRound";

  private static final Set<String> JDK_SOCKETS =
      Set.of(
          "java.net.Socket",
          "java.net.ServerSocket",
          "java.net.DatagramSocket",
          "java.net.MulticastSocket",
          "java.nio.channels.SocketChannel",
          "java.nio.channels.ServerSocketChannel",
          "java.nio.channels.DatagramChannel",
          "java.nio.channels.AsynchronousSocketChannel",
          "java.nio.channels.AsynchronousServerSocketChannel",
          "java.nio.channels.spi.SelectorProvider",
          "javax.net.SocketFactory",
          "javax.net.ServerSocketFactory",
          "javax.net.ssl.SSLSocketFactory");
  private static final Set<String> LOOKUPS =
      Set.of("getByName", "getAllByName", "getLocalHost", "getHostName", "getCanonicalHostName");

  private final String root;

  HouseRules(String root) {
    this.root = root;
  }

  List<HouseRule> all() {
    return List.of(
        moduleEdges(),
        nettyRooms(),
        tlsRoom(),
        bouncyCastleRoom(),
        bootstrapRooms(),
        noJdkSockets(),
        noNameLookup(),
        noWallClock(),
        noMonotonicClock(),
        noHiddenRandomness(),
        noSleep(),
        constantTimeComparison(),
        noMutableStatics(),
        noThreadLocals(),
        noBytesInRecords(),
        noConsole(),
        plainNames(),
        nullMarkedRooms());
  }

  // ---- who may know whom

  private HouseRule moduleEdges() {
    return dependencies(
        "modules use only those below them",
        javaClass -> true,
        (from, to) -> {
          if (!in(to, "") || module(from).equals(module(to))) {
            return false;
          }
          return rank(module(to)) >= rank(module(from));
        });
  }

  private static int rank(String module) {
    int index = MODULES.indexOf(module);
    return index >= 0 ? index : module.equals(TOP_MODULE) ? MODULES.size() + 1 : MODULES.size();
  }

  private HouseRule nettyRooms() {
    return dependencies(
        "Netty is for the rooms of the wire and the wiring",
        javaClass -> !inAny(javaClass, NETTY_ROOMS) && !isService(javaClass),
        (from, to) -> to.getPackageName().startsWith("io.netty"));
  }

  private HouseRule tlsRoom() {
    return dependencies(
        "only router.link sees TLS",
        javaClass -> !in(javaClass, "router.link"),
        (from, to) ->
            to.getPackageName().startsWith("io.netty.handler.ssl")
                || to.getPackageName().startsWith("io.netty.internal.tcnative")
                || to.getPackageName().startsWith("javax.net.ssl"));
  }

  private HouseRule bouncyCastleRoom() {
    return dependencies(
        "only onion-crypto sees Bouncy Castle",
        javaClass -> !in(javaClass, "crypto"),
        (from, to) -> to.getPackageName().startsWith("org.bouncycastle"));
  }

  private HouseRule bootstrapRooms() {
    return dependencies(
        "only the link, the exit and the listeners open Netty sockets",
        javaClass -> !inAny(javaClass, SOCKET_ROOMS),
        (from, to) ->
            to.getPackageName().startsWith("io.netty.bootstrap")
                || to.getPackageName().startsWith("io.netty.channel.socket.nio")
                || (to.getPackageName().startsWith("io.netty.channel.epoll")
                    && to.getSimpleName().endsWith("Channel")));
  }

  // ---- what nobody may call

  private HouseRule noJdkSockets() {
    return accesses(
        "no sockets of the JDK",
        javaClass -> !in(javaClass, OUTSIDE),
        access -> {
          String owner = access.getTargetOwner().getName();
          boolean opens =
              access.getTarget().getName().equals("<init>")
                  || access.getTarget().getName().startsWith("open")
                  || access.getTarget().getName().startsWith("create");
          return (JDK_SOCKETS.contains(owner) && opens)
              || (owner.equals("java.net.URL") && opens && !isConstructor(access))
              || owner.startsWith("java.net.http.")
              || owner.startsWith("com.sun.net.httpserver.");
        });
  }

  private HouseRule noNameLookup() {
    return accesses(
        "the JVM looks up no name, in neither direction",
        javaClass -> true,
        access -> {
          String owner = access.getTargetOwner().getName();
          if (owner.equals("java.net.InetSocketAddress")) {
            return access.getTarget().getName().equals("getHostName")
                || (isConstructor(access) && firstParameterIs(access, String.class));
          }
          return (owner.equals("java.net.InetAddress")
                  || owner.equals("java.net.Inet4Address")
                  || owner.equals("java.net.Inet6Address"))
              && LOOKUPS.contains(access.getTarget().getName());
        });
  }

  private HouseRule noWallClock() {
    return accesses(
        "wall time comes from an InstantSource",
        javaClass -> !in(javaClass, WIRING),
        access -> {
          String owner = access.getTargetOwner().getName();
          String name = access.getTarget().getName();
          return (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
              || (owner.startsWith("java.time.") && name.equals("now") && noClock(access))
              || (owner.equals("java.time.Clock") && name.startsWith("system"))
              || (owner.equals("java.time.InstantSource") && name.equals("system"))
              || (owner.equals("java.util.Date") && isConstructor(access) && noClock(access));
        });
  }

  private static boolean noClock(JavaAccess<?> access) {
    return parameters(access).stream()
        .noneMatch(
            type -> type.getName().equals("java.time.Clock") || type.getName().equals("long"));
  }

  /** Handing over {@code System::nanoTime} where objects are put together is how it gets in. */
  private HouseRule noMonotonicClock() {
    return accesses(
        "monotonic time is handed over by the wiring",
        javaClass -> true,
        access ->
            access.getTargetOwner().getName().equals("java.lang.System")
                && access.getTarget().getName().equals("nanoTime")
                && !(access instanceof JavaMethodReference
                    && (in(access.getOriginOwner(), WIRING)
                        || in(access.getOriginOwner(), OUTSIDE))));
  }

  private HouseRule noHiddenRandomness() {
    return accesses(
        "randomness is handed over",
        javaClass -> !in(javaClass, WIRING),
        access -> {
          String owner = access.getTargetOwner().getName();
          String name = access.getTarget().getName();
          return (owner.equals("java.util.Random") && isConstructor(access))
              || (owner.equals("java.util.SplittableRandom") && isConstructor(access))
              || (owner.equals("java.security.SecureRandom")
                  && (isConstructor(access) || name.startsWith("getInstance"))
                  && !access.getOriginOwner().isAssignableTo("java.security.SecureRandom"))
              || (owner.equals("java.lang.Math") && name.equals("random"))
              || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
              || owner.equals("java.util.concurrent.ThreadLocalRandom")
              || (owner.startsWith("java.util.random.")
                  && (name.equals("of") || name.equals("getDefault") || name.equals("create")));
        });
  }

  private HouseRule noSleep() {
    return accesses(
        "no sleeping",
        javaClass -> !javaClass.getName().equals(root + "." + SLEEPER),
        access ->
            access.getTarget().getName().equals("sleep")
                && (access.getTargetOwner().getName().equals("java.lang.Thread")
                    || access.getTargetOwner().getName().equals("java.util.concurrent.TimeUnit")));
  }

  private HouseRule constantTimeComparison() {
    return accesses(
        "crypto compares bytes in constant time",
        javaClass -> in(javaClass, "crypto"),
        access ->
            access.getTargetOwner().getName().equals("java.util.Arrays")
                && (access.getTarget().getName().equals("equals")
                    || access.getTarget().getName().equals("mismatch"))
                && firstParameterIs(access, byte[].class));
  }

  // ---- how classes look

  private HouseRule noMutableStatics() {
    return fields(
        "static fields are final",
        field ->
            field.getModifiers().contains(JavaModifier.STATIC)
                && !field.getModifiers().contains(JavaModifier.FINAL)
                && !field.getModifiers().contains(JavaModifier.SYNTHETIC));
  }

  private HouseRule noThreadLocals() {
    return dependencies(
        "nothing hangs on a thread",
        javaClass -> true,
        (from, to) ->
            to.getName().equals("java.lang.ThreadLocal")
                || to.getName().equals("java.lang.InheritableThreadLocal")
                || to.getName().equals("io.netty.util.concurrent.FastThreadLocal"));
  }

  private HouseRule noBytesInRecords() {
    return fields(
        "a record holds neither bare arrays nor secrets",
        field ->
            field.getOwner().isRecord()
                && !field.getModifiers().contains(JavaModifier.STATIC)
                && (field.getRawType().isArray()
                    || field.getRawType().getSimpleName().equals("SecretBytes")));
  }

  private HouseRule noConsole() {
    return new HouseRule(
        "only the daemon talks to the console",
        (javaClass, report) -> {
          if (in(javaClass, TOP_MODULE)) {
            return;
          }
          javaClass.getFieldAccessesFromSelf().stream()
              .filter(access -> access.getTargetOwner().getName().equals("java.lang.System"))
              .forEach(access -> report.accept(access.getDescription()));
        });
  }

  private HouseRule plainNames() {
    return new HouseRule(
        "no Impl, no Abstract",
        (javaClass, report) -> {
          String name = javaClass.getSimpleName();
          if (name.endsWith("Impl") || name.startsWith("Abstract")) {
            report.accept(javaClass.getName());
          }
        });
  }

  private HouseRule nullMarkedRooms() {
    return new HouseRule(
        "each room has a package-info with @NullMarked",
        (javaClass, report) -> {
          var info = javaClass.getPackage().tryGetPackageInfo();
          if (!info.isPresent() || !info.get().isAnnotatedWith(NullMarked.class)) {
            report.accept(javaClass.getPackageName());
          }
        });
  }

  // ---- rooms

  private boolean in(JavaClass javaClass, String room) {
    String wanted = room.isEmpty() ? root : root + "." + room;
    String actual = javaClass.getPackageName();
    return actual.equals(wanted) || actual.startsWith(wanted + ".");
  }

  private boolean inAny(JavaClass javaClass, Set<String> rooms) {
    return rooms.stream().anyMatch(room -> in(javaClass, room));
  }

  /** The first word after the root; for a service, all services count as one module. */
  private String module(JavaClass javaClass) {
    String relative = javaClass.getPackageName().substring(root.length());
    String first = relative.isEmpty() ? "" : relative.substring(1).split("\\.", -1)[0];
    return MODULES.contains(first) || first.equals(TOP_MODULE) ? first : "services";
  }

  private boolean isService(JavaClass javaClass) {
    return module(javaClass).equals("services");
  }

  // ---- forms of rules

  private interface Edge {
    boolean forbidden(JavaClass from, JavaClass to);
  }

  private static HouseRule dependencies(String name, Predicate<JavaClass> applies, Edge forbidden) {
    return new HouseRule(
        name,
        (javaClass, report) -> {
          if (applies.test(javaClass)) {
            for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
              if (forbidden.forbidden(
                  javaClass, dependency.getTargetClass().getBaseComponentType())) {
                report.accept(dependency.getDescription());
              }
            }
          }
        });
  }

  private static HouseRule accesses(
      String name, Predicate<JavaClass> applies, Predicate<JavaAccess<?>> forbidden) {
    return new HouseRule(
        name,
        (javaClass, report) -> {
          if (applies.test(javaClass)) {
            for (JavaAccess<?> access : javaClass.getAccessesFromSelf()) {
              if (forbidden.test(access)) {
                report.accept(access.getDescription());
              }
            }
          }
        });
  }

  private static HouseRule fields(String name, Predicate<JavaField> forbidden) {
    return new HouseRule(
        name,
        (javaClass, report) -> {
          for (JavaField field : javaClass.getFields()) {
            if (forbidden.test(field)) {
              report.accept(field.getFullName());
            }
          }
        });
  }

  private static boolean isConstructor(JavaAccess<?> access) {
    return access.getTarget().getName().equals("<init>");
  }

  private static List<JavaClass> parameters(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        ? target.getRawParameterTypes()
        : List.of();
  }

  private static boolean firstParameterIs(JavaAccess<?> access, Class<?> type) {
    List<JavaClass> types = parameters(access);
    return !types.isEmpty() && types.getFirst().isEquivalentTo(type);
  }
}
