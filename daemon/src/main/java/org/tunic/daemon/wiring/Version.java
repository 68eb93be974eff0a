package org.tunic.daemon.wiring;

/** The version of the program, from the manifest of its jar. Threads: immutable. */
public final class Version {
  /** The release of C tor whose protocol, options and files this program keeps to. */
  public static final String TOR = "0.4.9.11";

  private Version() {}

  /** Such as {@code 0.1.0}; {@code development} when not run from a jar. */
  public static String number() {
    String number = Version.class.getPackage().getImplementationVersion();
    return number == null ? "development" : number;
  }
}
