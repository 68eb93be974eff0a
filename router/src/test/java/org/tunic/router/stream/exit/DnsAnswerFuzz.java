package org.tunic.router.stream.exit;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.tunic.testing.ParserFuzz;

/** Answers of name servers, after Netty has taken them apart. */
class DnsAnswerFuzz extends ParserFuzz {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
  private static final InetSocketAddress THERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);

  DnsAnswerFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    EmbeddedChannel socket = new EmbeddedChannel(new DatagramDnsResponseDecoder());
    try {
      socket.writeInbound(new DatagramPacket(Unpooled.copiedBuffer(input), HERE, THERE));
      DatagramDnsResponse response = socket.readInbound();
      if (response != null) {
        read(response);
        response.release();
      }
    } catch (DecoderException refused) {
      // Netty's answer; the query goes on waiting.
    } finally {
      socket.finishAndReleaseAll();
    }
  }

  private static void read(DatagramDnsResponse response) {
    ExitResolver.Found none = new ExitResolver.Found(null, 0, false);
    for (DnsRecordType type : List.of(DnsRecordType.A, DnsRecordType.AAAA, DnsRecordType.PTR)) {
      List<DnsRecord> records = new ArrayList<>();
      for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
        DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
        io.netty.util.ReferenceCountUtil.retain(record);
        records.add(record);
      }
      ExitResolver.Found found = ExitResolver.read(type, records);
      if (type.equals(DnsRecordType.PTR)) {
        ExitResolver.hostName(found);
      } else if (type.equals(DnsRecordType.A)) {
        ExitResolver.addresses(found, none);
      } else {
        ExitResolver.addresses(none, found);
      }
    }
  }
}
