package org.tunic.tracker.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs of stores. */
class RedisAddressTest {
  private static RedisAddress parse(String text) {
    return RedisAddress.parse(text).orElseThrow();
  }

  @Test
  void parse_eachKind_isRead() {
    RedisAddress.Single single =
        assertInstanceOf(RedisAddress.Single.class, parse("redis://127.0.0.1:6379"));
    assertEquals(6379, single.server().getPort());
    assertFalse(single.isTls() || single.isRemote());
    assertTrue(parse("rediss://[2001:db8::1]:1").isTls());
    assertTrue(parse("rediss://[2001:db8::1]:1").isRemote());
    assertFalse(parse("redis://[::1]:1").isRemote());
    assertEquals("/a/b", ((RedisAddress.Socket) parse("redis-socket:///a/b")).path());
    RedisAddress.Sentinel sentinel =
        assertInstanceOf(
            RedisAddress.Sentinel.class, parse("redis-sentinel://127.0.0.1:1,127.0.0.2:2#m"));
    assertEquals(2, sentinel.sentinels().size());
    assertEquals("m", sentinel.master());
    assertTrue(parse("rediss-cluster://127.0.0.1:1,10.0.0.1:2").isRemote(), "one of them");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:6379",
        "redis://localhost:6379",
        "redis://127.0.0.1",
        "redis://127.0.0.1:0",
        "redis://127.0.0.1:65536",
        "redis://127.0.0.1:1,127.0.0.1:2",
        "redis-socket://a",
        "redis-sentinel://127.0.0.1:1",
        "redis-sentinel://127.0.0.1:1#",
        "redis-cluster://127.0.0.1:1,",
        "http://127.0.0.1:1"
      })
  void parse_somethingElse_isRefused(String text) {
    assertTrue(RedisAddress.parse(text).isEmpty());
  }

  /** Refused before anything is opened. */
  @Test
  void remoteServer_withoutLeaveOrTls_isNotConnectedTo() {
    RedisLink.Access allowed =
        new RedisLink.Access(true, java.util.Optional.of("x"), java.util.Optional.empty());
    assertTrue(refusal("rediss://192.0.2.1:1", RedisLink.Access.LOCAL).contains("not allowed"));
    assertTrue(refusal("redis://192.0.2.1:1", allowed).contains("needs TLS"));
  }

  private static String refusal(String url, RedisLink.Access access) {
    return String.valueOf(
        assertThrows(IOException.class, () -> RedisLink.open(parse(url), access).close())
            .getMessage());
  }
}
