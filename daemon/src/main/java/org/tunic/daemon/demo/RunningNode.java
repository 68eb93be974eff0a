package org.tunic.daemon.demo;

/**
 * A node of the demo that was started, in this process or in one of its own.
 *
 * <p>Threads: any.
 */
interface RunningNode {
  /** How far its bootstrap is. */
  Progress progress();

  /**
   * RELAY cells it has read and written since its start.
   *
   * @throws DemoFailure when it does not say
   */
  long relayCells() throws DemoFailure;

  /** False once it has stopped by itself. */
  boolean isRunning();

  /** Asks it to stop. */
  void stop();

  /** Waits until it has stopped, or makes it after some seconds. */
  void awaitStopped() throws InterruptedException;

  /**
   * @param percent 0–100
   * @param what the phase, in words
   */
  record Progress(int percent, String what) {}
}
