package org.tunic.daemon.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.tunic.daemon.config.LogTarget.Domain;
import org.tunic.daemon.config.LogTarget.Severity;

/**
 * A log line as C tor writes it: {@code Nov 22 12:00:00.000 [notice] text}, local time, rounded
 * down to the granularity asked for.
 *
 * <p>Threads: immutable.
 */
final class LineFormat {
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private final ZoneId zone;
  private final long granularityMillis;
  private final boolean showDomains;

  LineFormat(ZoneId zone, long granularityMillis, boolean showDomains) {
    this.zone = zone;
    this.granularityMillis = granularityMillis;
    this.showDomains = showDomains;
  }

  /** One line per message, further ones for the stack of an error of ours; ends with a newline. */
  String format(ILoggingEvent event, Severity severity, Domain domain) {
    StringBuilder line = prefix(event.getTimeStamp(), severity);
    if (showDomains) {
      line.append('{').append(domain).append("} ");
    }
    appendClean(line, event.getFormattedMessage());
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.append(": ");
      appendClean(line, String.valueOf(thrown.getClassName()));
      if (thrown.getMessage() != null) {
        line.append(": ");
        appendClean(line, thrown.getMessage());
      }
    }
    line.append('\n');
    if (thrown != null && severity == Severity.ERR) {
      appendStack(line, thrown);
    }
    return line.toString();
  }

  StringBuilder prefix(long epochMillis, Severity severity) {
    long rounded = epochMillis - Math.floorMod(epochMillis, granularityMillis);
    ZonedDateTime time = Instant.ofEpochMilli(rounded).atZone(zone);
    StringBuilder line = new StringBuilder(128);
    line.append(MONTHS[time.getMonthValue() - 1]).append(' ');
    twoDigits(line, time.getDayOfMonth()).append(' ');
    twoDigits(line, time.getHour()).append(':');
    twoDigits(line, time.getMinute()).append(':');
    twoDigits(line, time.getSecond()).append('.');
    int millis = time.getNano() / 1_000_000;
    line.append((char) ('0' + millis / 100));
    twoDigits(line, millis % 100);
    return line.append(" [").append(severity.tag()).append("] ");
  }

  private static StringBuilder twoDigits(StringBuilder line, int number) {
    return line.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static void appendStack(StringBuilder line, IThrowableProxy thrown) {
    for (StackTraceElementProxy frame : thrown.getStackTraceElementProxyArray()) {
      line.append("    ").append(frame.getSTEAsString()).append('\n');
    }
    IThrowableProxy cause = thrown.getCause();
    if (cause != null && !cause.isCyclic()) {
      line.append("  caused by ");
      appendClean(line, cause.getClassName() + ": " + cause.getMessage());
      line.append('\n');
      appendStack(line, cause);
    }
  }

  /** What a message quotes may come from a peer and must not forge a line. */
  private static void appendClean(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? '?' : c);
    }
  }
}
