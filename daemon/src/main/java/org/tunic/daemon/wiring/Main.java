package org.tunic.daemon.wiring;

/** Entry point of the {@code tunic} command. Threads: main thread. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("tunic");
  }
}
