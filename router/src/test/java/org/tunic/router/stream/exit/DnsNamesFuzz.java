package org.tunic.router.stream.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.testing.ParserFuzz;

/** Names that an exit is asked for, and resolv.conf. */
class DnsNamesFuzz extends ParserFuzz {
  DnsNamesFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String text = text(input);
    DnsNames.canonical(text)
        .ifPresent(
            name -> {
              assertEquals(name, DnsNames.canonical(name).orElseThrow());
              DnsNames.reverseAddress(name)
                  .ifPresent(
                      address ->
                          assertEquals(
                              address,
                              DnsNames.reverseAddress(DnsNames.reverseName(address))
                                  .orElseThrow()));
            });
    ResolvConf.parse(text);
  }
}
