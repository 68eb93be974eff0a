package org.tunic.daemon.house.control.directory;

/** Speaks past the log. */
final class PrintsToConsole {
  void say(String text) {
    System.out.println(text);
  }
}
