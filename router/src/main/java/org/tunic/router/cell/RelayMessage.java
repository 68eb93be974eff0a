package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteWriter;

/**
 * The body of a relay message that is not DATA: what stands in the cell after the relay header.
 *
 * <p>Each record has a static {@code decode(ByteReader)} over exactly the body, as long as the
 * header says; it throws {@link org.tunic.crypto.bytes.MalformedException}, which the circuit turns
 * into the violation that fits (a stream's or its own). Bytes after the last field are ignored, as
 * C tor does, where a decoder says nothing else.
 *
 * <p>Spec: tor-spec/relay-cells
 *
 * <p>Threads: immutable.
 */
public sealed interface RelayMessage
    permits Begin,
        BeginDir,
        Connected,
        End,
        Extend2,
        Extended2,
        Sendme,
        Truncate,
        Truncated,
        Resolve,
        Resolved,
        Xoff,
        Xon,
        EstablishIntro,
        IntroEstablished,
        Introduce1,
        Introduce2,
        IntroduceAck,
        EstablishRendezvous,
        RendezvousEstablished,
        Rendezvous1,
        Rendezvous2,
        CircuitPaddingNegotiate,
        CircuitPaddingNegotiated {

  /** The relay command, one of {@link RelayCommand}. */
  int command();

  /** Writes the body, at most {@link RelayHeader#MAX_DATA} bytes. */
  void encode(ByteWriter out);
}
