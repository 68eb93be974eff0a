package org.tunic.daemon.demo;

/** The demo cannot go on: the message is for the user, one line. Threads: immutable. */
final class DemoFailure extends Exception {
  private static final long serialVersionUID = 1;

  DemoFailure(String message) {
    super(message, null, false, false);
  }
}
