package org.tunic.daemon.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * What logback finds instead of a configuration file: warnings to standard error until {@link
 * LogSetup} has read the configuration. Keeps logback from logging everything at debug.
 *
 * <p>Threads: the one that logs first.
 */
public final class QuietStart extends ContextAwareBase implements Configurator {
  /** For the service loader. */
  public QuietStart() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    LogSetup.startQuietly(context);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
