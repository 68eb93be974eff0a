package org.tunic.daemon.config;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tunic.daemon.config.ConfigLoader.Environment;
import org.tunic.daemon.config.ConfigLoader.Loaded;

/** Configurations made of text, for tests. */
final class Torrcs {
  static final Environment ENVIRONMENT =
      new Environment(
          Path.of("/nonexistent"),
          Optional.of(Path.of("/home/op")),
          "op",
          InputStream.nullInputStream());

  static final String DIR_AUTHORITY =
      "DirAuthority auth0 orport=20000 no-v2 v3ident=1AF745A0FB6B479FB630CAEEEEB57A3CE58D652E"
          + " 127.0.0.1:20001 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C\n";

  private Torrcs() {}

  static Config config(String... lines) throws ConfigException {
    return loaded(lines).config();
  }

  static Loaded loaded(String... lines) throws ConfigException {
    return ConfigLoader.parse(String.join("\n", lines), "torrc", ENVIRONMENT);
  }

  /** A torrc below a defaults file and a command line. */
  static OptionValues layered(String defaults, String torrc, String... commandLine)
      throws ConfigException {
    return OptionAssembler.assemble(
        OptionTable.load(),
        List.of(
            TorrcParser.parse(defaults, "defaults"),
            TorrcParser.parse(torrc, "torrc"),
            CommandLine.parse(List.of(commandLine)).options()),
        warning -> {});
  }
}
