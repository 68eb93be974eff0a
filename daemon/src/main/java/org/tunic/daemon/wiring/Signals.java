package org.tunic.daemon.wiring;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers to Unix signals. The JDK has no supported way, and its own answer to SIGHUP, which log
 * rotation sends, is to exit; hence the reflection on {@code sun.misc.Signal}.
 *
 * <p>Threads: actions run on a thread of the JVM, one per signal.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Runs {@code action} at every signal of this name; on a JVM without such signals nothing
   * happens.
   *
   * @param name without SIG, such as {@code HUP}
   */
  static void on(String name, Runnable action) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.publicLookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object handler =
          MethodHandleProxies.asInterfaceInstance(
              handlerClass, MethodHandles.dropArguments(run, 0, signalClass));
      Object signal = signalClass.getConstructor(String.class).newInstance(name);
      signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIG{} cannot be handled", name, e);
    }
  }
}
