package org.tunic.daemon.stream;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsPtrRecord;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsRecordEncoder;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tunic.directory.policy.IpLiteral;

/**
 * A name server on UDP and TCP of one loopback port, with a zone the test fills.
 *
 * <p>Threads: any.
 */
final class NameServer implements AutoCloseable {
  /** Answers SERVFAIL. */
  static final String FAILS = "servfail";

  /** Never answers. */
  static final String SILENT = "silent";

  /** Answers over UDP only that TCP must be used. */
  static final String TRUNCATES = "truncated";

  private final Map<String, List<String>> zone = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Channel udp;
  private final Channel tcp;

  NameServer(Sockets sockets) throws Exception {
    udp =
        new Bootstrap()
            .group(sockets.group)
            .channelFactory(sockets.datagrams)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Datagrams());
                  }
                })
            .bind(Sockets.loopback(0))
            .sync()
            .channel();
    tcp =
        new ServerBootstrap()
            .group(sockets.group)
            .channelFactory(sockets.listeners)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new Stream());
                  }
                })
            .bind(address())
            .sync()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) udp.localAddress();
  }

  /**
   * Adds a name.
   *
   * @param records addresses, {@code CNAME name}, {@code PTR name}, or a behaviour above
   */
  NameServer name(String name, String... records) {
    zone.put(name.toLowerCase(Locale.ROOT) + ".", List.of(records));
    return this;
  }

  /** Queries so far, as {@code A example.com. udp}. */
  List<String> asked() {
    return asked;
  }

  private List<String> find(DnsQuestion question, String transport) {
    asked.add(question.type().name() + " " + question.name() + " " + transport);
    return zone.getOrDefault(question.name().toLowerCase(Locale.ROOT), List.of());
  }

  private static void fill(DnsResponse response, DnsQuestion question, List<String> records) {
    response.addRecord(
        DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
    if (records.contains(FAILS)) {
      response.setCode(DnsResponseCode.SERVFAIL);
    } else if (records.isEmpty()) {
      response.setCode(DnsResponseCode.NXDOMAIN);
    }
    for (DnsRecord record : matching(question, records)) {
      response.addRecord(DnsSection.ANSWER, record);
    }
  }

  private static List<DnsRecord> matching(DnsQuestion question, List<String> records) {
    List<DnsRecord> matching = new ArrayList<>();
    for (String record : records) {
      if (record.startsWith("CNAME ")) {
        matching.add(
            new DefaultDnsRawRecord(
                question.name(), DnsRecordType.CNAME, 60, name(record.substring(6))));
      } else if (record.startsWith("PTR ")) {
        matching.add(new DefaultDnsPtrRecord(question.name(), 1, 60, record.substring(4)));
      } else {
        IpLiteral.parse(record)
            .ifPresent(
                bytes -> {
                  DnsRecordType type = bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
                  if (type.equals(question.type())) {
                    matching.add(
                        new DefaultDnsRawRecord(
                            question.name(), type, 60, Unpooled.wrappedBuffer(bytes)));
                  }
                });
      }
    }
    return matching;
  }

  /** A name on the wire. */
  private static ByteBuf name(String name) {
    ByteBuf out = Unpooled.buffer();
    new DefaultDnsRecordEncoder() {
      void write() {
        try {
          encodeName(name, out);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }.write();
    return out;
  }

  private final class Datagrams extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      List<String> records = find(question, "udp");
      if (records.contains(SILENT)) {
        return;
      }
      DatagramDnsResponse response =
          new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      if (records.contains(TRUNCATES)) {
        response.addRecord(
            DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
        response.setTruncated(true);
      } else {
        fill(response, question, records);
      }
      ctx.writeAndFlush(response);
    }
  }

  private final class Stream extends SimpleChannelInboundHandler<DnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      DnsResponse response = new DefaultDnsResponse(query.id());
      fill(response, question, find(question, "tcp"));
      ctx.writeAndFlush(response);
    }
  }

  @Override
  public void close() {
    udp.close().syncUninterruptibly();
    tcp.close().syncUninterruptibly();
  }
}
