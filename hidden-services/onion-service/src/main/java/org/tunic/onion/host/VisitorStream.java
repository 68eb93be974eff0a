package org.tunic.onion.host;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.ByteTally;
import org.tunic.router.stream.IncomingStream;

/**
 * A stream that a visitor asks for and that waits for an answer.
 *
 * <p>Threads: event loop of the visitor's circuit, unless a method says otherwise.
 */
public final class VisitorStream {
  private final IncomingStream stream;
  private final int port;
  private final Visitor visitor;
  private final HsCounters.PortBytes bytes;
  private final Runnable onAnswer;
  private final Runnable over;
  private boolean answered;

  /**
   * @param bytes told what it carries
   * @param onAnswer told once when the stream is accepted or refused
   * @param over told once when the stream is refused or, if it was accepted, closed
   */
  VisitorStream(
      IncomingStream stream,
      int port,
      Visitor visitor,
      HsCounters.PortBytes bytes,
      Runnable onAnswer,
      Runnable over) {
    this.stream = stream;
    this.port = port;
    this.visitor = visitor;
    this.bytes = bytes;
    this.onAnswer = onAnswer;
    this.over = over;
  }

  /** The virtual port that was asked for, 1 to 65535. Threads: any. */
  public int port() {
    return port;
  }

  /**
   * 16 random bytes that stand for the visitor's circuit, the same for all its streams: limits for
   * each visitor hang on it. Two circuits of one person have two tags. Threads: any.
   */
  public Bytes circuitTag() {
    return visitor.tag();
  }

  /** A number for the circuit, unique in this process, as the PROXY protocol tells it. */
  public int circuitNumber() {
    return visitor.number();
  }

  /** Closes the visitor's circuit and all streams on it. Threads: any. */
  public void closeCircuit() {
    visitor.closeCircuit();
  }

  /** The loop to register sockets of this stream with. Threads: any. */
  public EventLoop loop() {
    return stream.loop();
  }

  /** True once the visitor or the circuit gave the stream up before it was answered. */
  public boolean abandoned() {
    return stream.abandoned();
  }

  /**
   * Accepts, once. What the visitor sent already is kept and comes once reading is on.
   *
   * @return the stream as a Netty channel with reading off: set the pipeline up, then {@code
   *     config().setAutoRead(true)}. {@code isWritable} is the flow control of the overlay
   */
  public Channel accept() {
    answered();
    Channel accepted = stream.accept(Connected.WITHOUT_ADDRESS);
    accepted.pipeline().addFirst(new ByteTally(bytes::wrote, bytes::readSome));
    accepted.closeFuture().addListener(_ -> over.run());
    return accepted;
  }

  /** Refuses, once, and tells the visitor why. */
  public void refuse(EndReason reason) {
    answered();
    stream.refuse(reason);
    over.run();
  }

  private void answered() {
    if (answered) {
      throw new IllegalStateException("a stream is answered once");
    }
    answered = true;
    onAnswer.run();
  }
}
