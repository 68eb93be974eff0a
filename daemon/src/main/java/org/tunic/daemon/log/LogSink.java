package org.tunic.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.tunic.daemon.config.LogTarget;
import org.tunic.daemon.config.LogTarget.Domain;
import org.tunic.daemon.config.LogTarget.Severity;
import org.tunic.router.cell.ProtocolViolation;

/**
 * Writes what one Log line wants to its destination, a line at a time and unbuffered.
 *
 * <p>Threads: any; logback lets one in at a time.
 */
final class LogSink extends AppenderBase<ILoggingEvent> {
  private volatile LogTarget target;
  private final LineFormat format;
  private final boolean protocolWarnings;
  private final Optional<Path> file;
  private OutputStream out;

  private LogSink(LogTarget target, Style style, Optional<Path> file, OutputStream out) {
    this.target = target;
    this.format = style.format;
    this.protocolWarnings = style.protocolWarnings;
    this.file = file;
    this.out = out;
  }

  /**
   * What all sinks of a configuration share.
   *
   * @param protocolWarnings whether lines marked {@link ProtocolViolation#LOG} are warnings
   */
  record Style(LineFormat format, boolean protocolWarnings) {}

  /** A sink for standard output or error. */
  static LogSink stream(LogTarget target, Style style, OutputStream out) {
    return new LogSink(target, style, Optional.empty(), out);
  }

  /**
   * A sink for a file, made with mode 0640 if it is missing.
   *
   * @param truncate whether to empty it first
   */
  static LogSink file(LogTarget target, Style style, Path path, boolean truncate)
      throws IOException {
    return new LogSink(target, style, Optional.of(path), open(path, truncate));
  }

  private static OutputStream open(Path path, boolean truncate) throws IOException {
    Set<StandardOpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.CREATE);
    // A channel cannot be opened for both, so emptying comes first.
    if (truncate && Files.exists(path)) {
      Files.newByteChannel(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
          .close();
    }
    options.add(StandardOpenOption.APPEND);
    return Channels.newOutputStream(
        Files.newByteChannel(
            path,
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))));
  }

  /** Opens the file again under its name, as log rotation needs after moving it away. */
  synchronized void reopen() throws IOException {
    if (file.isPresent()) {
      OutputStream fresh = open(file.get(), false);
      out.close();
      out = fresh;
    }
  }

  /** Sends everything to the same destination from now on. */
  void wantEverything() {
    target = LogTarget.from(Severity.DEBUG, target.destination());
  }

  @Override
  protected void append(ILoggingEvent event) {
    Severity severity = severity(event);
    Domain domain = Domains.of(event.getLoggerName());
    if (!target.wants(severity, domain)) {
      return;
    }
    try {
      out.write(format.format(event, severity, domain).getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      addError("log line lost", e);
    }
  }

  @Override
  public void stop() {
    super.stop();
    if (file.isPresent()) {
      try {
        out.close();
      } catch (IOException e) {
        addError("log file not closed", e);
      }
    }
  }

  /** The least severe level that this sink can want; null if none. */
  @Nullable Level threshold() {
    for (Severity severity : Severity.values()) {
      if (target.selected().containsKey(severity)) {
        return level(severity);
      }
    }
    return null;
  }

  private Severity severity(ILoggingEvent event) {
    List<Marker> markers = event.getMarkerList();
    if (protocolWarnings && markers != null && markers.contains(ProtocolViolation.LOG)) {
      return Severity.WARN;
    }
    return switch (event.getLevel().toInt()) {
      case Level.TRACE_INT -> Severity.DEBUG;
      case Level.DEBUG_INT -> Severity.INFO;
      case Level.INFO_INT -> Severity.NOTICE;
      case Level.WARN_INT -> Severity.WARN;
      default -> Severity.ERR;
    };
  }

  private static Level level(Severity severity) {
    return switch (severity) {
      case DEBUG -> Level.TRACE;
      case INFO -> Level.DEBUG;
      case NOTICE -> Level.INFO;
      case WARN -> Level.WARN;
      case ERR -> Level.ERROR;
    };
  }
}
