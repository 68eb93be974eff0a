package org.tunic.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * C tor's rules for onion services, and what it warns about.
 *
 * <p>Threads: one.
 */
final class OnionRules {
  private static final String GROUP = "HiddenServiceDir";
  private static final String SINGLE_HOP = "HiddenServiceSingleHopMode";
  private static final String NON_ANONYMOUS = "HiddenServiceNonAnonymousMode";

  private final Rules rules;
  private final OptionValues values;

  OnionRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  /**
   * @param isRelay whether the node is a relay, too
   * @param servesApplications whether a SocksPort or the like is open
   */
  OnionOptions check(boolean isRelay, boolean servesApplications) throws ConfigException {
    boolean singleHop = singleHop(servesApplications);
    OnionOptions options =
        new OnionOptions(
            services(),
            singleHop,
            rules.paths().of(values, "ClientOnionAuthDir"),
            values.auto("VanguardsLiteEnabled"),
            values.flag("FullVanguards"),
            values.flag("ExtendAllowPrivateAddresses"));
    if (!options.services().isEmpty()) {
      if (isRelay && !singleHop) {
        rules.warn(
            GROUP,
            "makes an onion service of a relay. That is not very secure: you should probably run"
                + " your onion service in a separate process, at least -- see"
                + " https://bugs.torproject.org/tpo/core/tor/8742");
      }
      checkGuards(singleHop);
    }
    return options;
  }

  private boolean singleHop(boolean servesApplications) throws ConfigException {
    boolean singleHop = values.flag(SINGLE_HOP);
    boolean nonAnonymous = values.flag(NON_ANONYMOUS);
    if (singleHop && !nonAnonymous) {
      throw rules.refuse(
          SINGLE_HOP,
          "gives the server no anonymity",
          "if you want that add " + NON_ANONYMOUS + " 1");
    }
    if (nonAnonymous && !singleHop) {
      throw rules.refuse(NON_ANONYMOUS, "is nothing by itself", "add " + SINGLE_HOP + " 1");
    }
    if (nonAnonymous && servesApplications) {
      throw rules.refuse(
          NON_ANONYMOUS,
          "cannot go with anonymous clients",
          "set SocksPort 0 and remove HTTPTunnelPort");
    }
    if (nonAnonymous && !values.routers("EntryNodes").isEmpty()) {
      throw rules.refuse(
          "EntryNodes", "needs UseEntryGuards, which " + SINGLE_HOP + " turns off", "remove one");
    }
    if (nonAnonymous) {
      rules.warn(
          NON_ANONYMOUS,
          "is set: every onion service of this node is NON-ANONYMOUS. This setting is for"
              + " experimental use only");
    }
    return singleHop;
  }

  private void checkGuards(boolean singleHop) throws ConfigException {
    if (!values.flag("UseEntryGuards") && !singleHop) {
      rules.warn(
          "UseEntryGuards",
          "is 0 and there is an onion service, which will be very easy to locate using a well-known"
              + " attack -- see https://freehaven.net/anonbib/#hs-attack06");
    }
    RouterSet entries = values.routers("EntryNodes");
    if (entries.isEmpty() || !entries.countries().isEmpty() || !entries.addresses().isEmpty()) {
      return;
    }
    if (entries.nicknames().size() + entries.fingerprints().size() == 1) {
      throw rules.refuse(
          "EntryNodes",
          "is one relay and there is an onion service, whose guard is easy to locate then -- see"
              + " https://bugs.torproject.org/tpo/core/tor/14917",
          "remove it");
    }
    rules.warn(
        "EntryNodes",
        "is set and there is an onion service. Pinning entry nodes can be harmful to its anonymity"
            + " -- see https://bugs.torproject.org/tpo/core/tor/21155");
  }

  private List<OnionServiceOptions> services() throws ConfigException {
    List<OnionServiceSection> sections = new ArrayList<>();
    Set<Path> directories = new HashSet<>();
    for (ConfigLine line : values.lines(GROUP)) {
      if (line.name().equals(GROUP)) {
        OnionServiceSection section = new OnionServiceSection(rules, line);
        if (!directories.add(section.directory())) {
          throw ConfigException.value(
              line, "is the directory of another service", "give each service its own");
        }
        sections.add(section);
      } else if (sections.isEmpty()) {
        throw ConfigException.value(
            line, "belongs to no service", "write it below the HiddenServiceDir that it is for");
      } else {
        sections.getLast().add(line);
      }
    }
    List<OnionServiceOptions> services = new ArrayList<>();
    for (OnionServiceSection section : sections) {
      services.add(section.finish());
    }
    return services;
  }
}
