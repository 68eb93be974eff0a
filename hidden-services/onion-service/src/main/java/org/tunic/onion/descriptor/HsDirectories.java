package org.tunic.onion.descriptor;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.router.stream.begindir.DirClientLimits;
import org.tunic.router.stream.begindir.StreamDirectoryTransport;

/**
 * Asks directories for descriptors, and brings them there: each request over a circuit of its own.
 *
 * <p>Spec: rend-spec/hsdesc, dir-spec/general-use-http-urls. Threads: any; blocks, for virtual
 * threads.
 */
public final class HsDirectories {
  private final Exchange exchange;

  /** How a directory is reached. */
  @FunctionalInterface
  public interface Exchange {
    /**
     * Sends a request and waits for the answer.
     *
     * @param purpose of the circuit that it goes over
     * @throws DirFetchException if none came
     */
    DirAnswer send(ServicePurpose purpose, Relay directory, DirRequest request)
        throws DirFetchException, InterruptedException;
  }

  /** Requests that go this way. */
  public HsDirectories(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Requests over circuits. */
  public static HsDirectories over(ServiceCircuits circuits, DirClientLimits limits) {
    return new HsDirectories(
        (purpose, directory, request) -> send(circuits, limits, purpose, directory, request));
  }

  /**
   * Asks one directory.
   *
   * @param maxLength of the descriptor, bytes
   * @return the answer, whatever its status
   * @throws DirFetchException if none came
   */
  public DirAnswer fetch(Relay directory, HsBlindedId wanted, int maxLength)
      throws DirFetchException, InterruptedException {
    return exchange.send(
        ServicePurpose.VISITOR_DIRECTORY,
        directory,
        DirRequest.get("/tor/hs/3/" + wanted.unredacted(), maxLength));
  }

  /**
   * Brings a descriptor to one directory.
   *
   * @return the answer; status 200 if it is stored
   * @throws DirFetchException if none came
   */
  public DirAnswer publish(Relay directory, NetdocText descriptor)
      throws DirFetchException, InterruptedException {
    return exchange.send(
        ServicePurpose.SERVICE_DIRECTORY,
        directory,
        DirRequest.post("/tor/hs/3/publish", Bytes.copyOf(descriptor.bytes())));
  }

  private static DirAnswer send(
      ServiceCircuits circuits,
      DirClientLimits limits,
      ServicePurpose purpose,
      Relay directory,
      DirRequest request)
      throws DirFetchException, InterruptedException {
    OriginCircuit circuit;
    try {
      circuit = circuits.build(HopSpec.of(directory), purpose);
    } catch (CircuitFailedException e) {
      throw new DirFetchException(DirFetchException.Reason.UNREACHABLE, e);
    }
    try {
      DirServer server = new DirServer.Cache(directory);
      return new StreamDirectoryTransport(_ -> circuit.beginDir(), limits)
          .exchange(server, request);
    } finally {
      circuit.close(DestroyReason.FINISHED);
    }
  }
}
