package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** Bytes recorded from C tor, to records, and back to the same bytes. */
class LiveCellsVectorTest {
  private static final JsonNode AUTHENTICATE =
      Vectors.json("cert-spec/live-authenticate.json").get("session");
  private static final JsonNode SESSION =
      Vectors.json("tor-spec/live-create-fast-session.json").get("session");

  /** Cuts recorded cells, all of variable length, and encodes each again. */
  private static List<ChannelMessage> again(byte[] recorded) throws Exception {
    List<ChannelMessage> messages = new ArrayList<>();
    ByteWriter encoded = new ByteWriter();
    ByteReader in = new ByteReader(recorded);
    while (in.remaining() > 0) {
      assertEquals(0, messages.isEmpty() ? in.u16() : in.u32());
      CellCommand command = Objects.requireNonNull(CellCommand.of(in.u8()));
      assertTrue(command.variableLength());
      ChannelMessage message = ChannelMessage.decode(command, in.slice(in.u16()));
      messages.add(message);
      encoded.bytes(CellEncoder.encode(0, message));
    }
    assertEquals(Bytes.copyOf(recorded), encoded.toBytes());
    return messages;
  }

  @Test
  void initiator_versionsAndCerts_roundTrip() throws Exception {
    List<ChannelMessage> sent = again(Vectors.hex(AUTHENTICATE, "client_sent_before_authenticate"));
    assertEquals(new Versions(List.of(3, 4, 5)), sent.get(0));
    Certs certs = (Certs) sent.get(1);
    assertEquals(List.of(3, 2, 4, 6, 7), certs.entries().stream().map(Certs.Entry::type).toList());
    ByteWriter body = new ByteWriter();
    certs.encode(body);
    assertEquals(Bytes.copyOf(Vectors.hex(AUTHENTICATE, "peer_certs")), body.toBytes());
  }

  @Test
  void responder_upToAuthChallenge_roundTrips() throws Exception {
    List<ChannelMessage> sent = again(Vectors.hex(AUTHENTICATE, "server_sent_before_netinfo"));
    assertEquals(3, sent.size());
    assertEquals(
        Bytes.copyOf(Vectors.hex(AUTHENTICATE, "server_tls_cert")),
        ((Certs) sent.get(1)).find(Certs.RSA_LINK).orElseThrow());
    assertTrue(((AuthChallenge) sent.get(2)).methods().contains(3));
  }

  @Test
  void authenticate_roundTrips() throws Exception {
    byte[] body = Vectors.hex(AUTHENTICATE, "authenticate_body");
    Authenticate message =
        (Authenticate) ChannelMessage.decode(CellCommand.AUTHENTICATE, new ByteReader(body));
    assertEquals(3, message.type());
    assertEquals(352, message.authentication().length());
    ByteWriter out = new ByteWriter();
    message.encode(out);
    assertEquals(Bytes.copyOf(body), out.toBytes());
  }

  @Test
  void createFastAndCreatedFast_roundTrip() throws Exception {
    byte[] create = Vectors.hex(SESSION, "create_fast_body");
    byte[] created = Vectors.hex(SESSION, "created_fast_body");
    ByteWriter out = new ByteWriter();
    ChannelMessage.decode(CellCommand.CREATE_FAST, new ByteReader(create)).encode(out);
    ChannelMessage.decode(CellCommand.CREATED_FAST, new ByteReader(created)).encode(out);
    assertEquals(Bytes.concat(Bytes.copyOf(create), Bytes.copyOf(created)), out.toBytes());
  }

  @Test
  void relayHeaders_areReadAndWrittenLikeTheRecordedOnes() throws Exception {
    RelayHeader header = new RelayHeader();
    RelayHeader written = new RelayHeader();
    int seen = 0;
    for (JsonNode cell : SESSION.get("cells")) {
      byte[] plain = Vectors.hex(cell, "plain_body");
      header.wrap(plain, 0).checkLength();
      assertEquals(0, header.recognized());
      if (cell.has("relay_command")) {
        assertEquals(cell.get("relay_command").asInt(), header.command());
        assertEquals(cell.get("stream_id").asInt(), header.streamId());
        byte[] data = Vectors.hex(cell, "data");
        assertEquals(data.length, header.length());
        assertEquals(Bytes.copyOf(data), Bytes.copyOf(plain, header.dataOffset(), header.length()));
      }
      byte[] again = new byte[509];
      written
          .wrap(again, 0)
          .write(
              header.command(),
              header.streamId(),
              plain,
              header.dataOffset(),
              header.length(),
              new SeededRandom(1));
      int same = RelayHeader.DATA + header.length();
      byte[] undigested = plain.clone();
      undigested[5] = undigested[6] = undigested[7] = undigested[8] = 0;
      assertEquals(Bytes.copyOf(undigested, 0, same), Bytes.copyOf(again, 0, same));
      assertEquals(0, same + 4 <= 509 ? again[same] | again[same + 3] : 0);
      seen++;
    }
    assertTrue(seen > 3);
  }

  @Test
  void beginDirAndRequest_areTheRecordedBytes() {
    byte[] request = "GET /tor/keys/authority HTTP/1.0\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] recorded = Vectors.hex(SESSION.get("cells").get(2), "plain_body");
    byte[] cell = new byte[509];
    new RelayHeader()
        .wrap(cell, 0)
        .write(RelayCommand.DATA, 1, recorded, 11, 36, new SeededRandom(1));
    assertEquals(Bytes.copyOf(request, 0, 30), Bytes.copyOf(cell, RelayHeader.DATA, 30));
    assertEquals(13, Vectors.hex(SESSION.get("cells").get(0), "plain_body")[0]);
  }
}
