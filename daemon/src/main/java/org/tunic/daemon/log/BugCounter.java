package org.tunic.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the errors of the program itself: what is logged at err with an exception.
 *
 * <p>Threads: any.
 */
final class BugCounter extends AppenderBase<ILoggingEvent> {
  static final String NAME = "bugs";

  private final LongAdder bugs = new LongAdder();

  BugCounter() {
    setName(NAME);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().equals(Level.ERROR) && event.getThrowableProxy() != null) {
      bugs.increment();
    }
  }

  long sum() {
    return bugs.sum();
  }
}
