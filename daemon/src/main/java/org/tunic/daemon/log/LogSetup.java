package org.tunic.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.tunic.daemon.config.CommandLine.Quiet;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.FileProblem;
import org.tunic.daemon.config.LogTarget;
import org.tunic.daemon.config.LogTarget.Destination;
import org.tunic.daemon.config.LogTarget.Severity;
import org.tunic.router.cell.ProtocolViolation;

/**
 * Points the log where the configuration says. Our own loggers go as low as any Log line asks;
 * those of libraries stay at warn, and those of Netty and Lettuce at error: their warnings name
 * addresses.
 *
 * <p>Threads: one at a time.
 */
public final class LogSetup {
  private static final String OURS = "org.tunic";

  /** Warns of single connections, such as one that did not close in time, by their addresses. */
  private static final String NETTY = "io.netty";

  /** Likewise, of the servers of a shared store. */
  private static final String LETTUCE = "io.lettuce";

  private static final long SECOND_MILLIS = 1000;

  private LogSetup() {}

  /** Logs to standard output before there is a configuration, or for want of Log lines. */
  public static void toConsole(Quiet quiet) {
    List<LogSink> sinks = new ArrayList<>();
    if (quiet != Quiet.SILENT) {
      sinks.add(consoleSink(quiet, plain()));
    }
    use(context(), sinks, false);
  }

  private static LogSink.Style plain() {
    return new LogSink.Style(new LineFormat(zone(), SECOND_MILLIS, false), false);
  }

  /**
   * Logs as configured.
   *
   * @param quiet what goes to standard output if there is no Log line
   * @throws ConfigException if a file cannot be written; the log stays as it was
   */
  public static void apply(Config.Logs logs, Quiet quiet) throws ConfigException {
    LogSink.Style style =
        new LogSink.Style(
            new LineFormat(zone(), logs.granularity().toMillis(), logs.showDomains()),
            logs.protocolWarnings());
    List<LogSink> sinks = new ArrayList<>();
    for (LogTarget target : logs.targets()) {
      sinks.add(
          switch (target.destination()) {
            case Destination.Stdout() -> LogSink.stream(target, style, standardOutput());
            case Destination.Stderr() -> LogSink.stream(target, style, standardError());
            case Destination.LogFile file -> fileSink(target, file, style, logs.truncate());
          });
    }
    if (sinks.isEmpty() && quiet != Quiet.SILENT) {
      sinks.add(consoleSink(quiet, style));
    }
    use(context(), sinks, logs.protocolWarnings());
  }

  /** Opens log files again under their names; one that cannot be opened goes on as it was. */
  public static void reopen() {
    context()
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .iteratorForAppenders()
        .forEachRemaining(
            appender -> {
              if (appender instanceof LogSink sink) {
                try {
                  sink.reopen();
                } catch (IOException e) {
                  LoggerFactory.getLogger(LogSetup.class)
                      .warn("a log file cannot be opened again: {}", FileProblem.of(e));
                }
              }
            });
  }

  /** From now on everything goes to every destination, until {@link #apply}. */
  public static void toDebug() {
    LoggerContext context = context();
    context
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .iteratorForAppenders()
        .forEachRemaining(
            appender -> {
              if (appender instanceof LogSink sink) {
                sink.wantEverything();
                context.getLogger(OURS).setLevel(Level.TRACE);
              }
            });
  }

  static void startQuietly(LoggerContext context) {
    LogTarget warnings = LogTarget.from(Severity.WARN, new Destination.Stderr());
    use(context, List.of(LogSink.stream(warnings, plain(), standardError())), false);
  }

  private static LogSink consoleSink(Quiet quiet, LogSink.Style style) {
    Severity least = quiet == Quiet.HUSH ? Severity.WARN : Severity.NOTICE;
    return LogSink.stream(LogTarget.from(least, new Destination.Stdout()), style, standardOutput());
  }

  private static LogSink fileSink(
      LogTarget target, Destination.LogFile file, LogSink.Style style, boolean truncate)
      throws ConfigException {
    try {
      return LogSink.file(target, style, file.path(), truncate);
    } catch (IOException e) {
      throw new ConfigException(
          target.origin()
              + ": the log file "
              + file.path()
              + " cannot be written: "
              + FileProblem.of(e)
              + "; create its directory and make it writable");
    }
  }

  private static void use(LoggerContext context, List<LogSink> sinks, boolean protocolWarnings) {
    context.resetTurboFilterList();
    if (protocolWarnings) {
      context.addTurboFilter(new ProtocolWarnings());
    }
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    BugCounter bugs = bugCounter(root).orElseGet(BugCounter::new);
    root.detachAppender(bugs);
    root.detachAndStopAllAppenders();
    bugs.setContext(context);
    bugs.start();
    root.addAppender(bugs);
    Level ours = Level.ERROR;
    for (LogSink sink : sinks) {
      sink.setContext(context);
      sink.start();
      root.addAppender(sink);
      Level threshold = sink.threshold();
      if (threshold != null && ours.isGreaterOrEqual(threshold)) {
        ours = threshold;
      }
    }
    root.setLevel(ours.isGreaterOrEqual(Level.WARN) ? ours : Level.WARN);
    context.getLogger(NETTY).setLevel(Level.ERROR);
    context.getLogger(LETTUCE).setLevel(Level.ERROR);
    context.getLogger(OURS).setLevel(ours);
  }

  /** Lets lines about what peers do wrong through, however few lines the log wants else. */
  private static final class ProtocolWarnings extends TurboFilter {
    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        @Nullable String format,
        Object @Nullable [] parameters,
        @Nullable Throwable thrown) {
      return ProtocolViolation.LOG.equals(marker) ? FilterReply.ACCEPT : FilterReply.NEUTRAL;
    }
  }

  /** Errors of the program itself since the start. */
  public static long bugs() {
    return bugCounter(context().getLogger(Logger.ROOT_LOGGER_NAME)).map(BugCounter::sum).orElse(0L);
  }

  private static Optional<BugCounter> bugCounter(Logger root) {
    return root.getAppender(BugCounter.NAME) instanceof BugCounter counter
        ? Optional.of(counter)
        : Optional.empty();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static ZoneId zone() {
    return ZoneId.systemDefault();
  }

  /** Not System.out, whose buffer and lock belong to whoever prints results. */
  private static OutputStream standardOutput() {
    return new FileOutputStream(FileDescriptor.out);
  }

  private static OutputStream standardError() {
    return new FileOutputStream(FileDescriptor.err);
  }
}
