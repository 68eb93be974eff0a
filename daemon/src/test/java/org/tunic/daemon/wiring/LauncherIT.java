package org.tunic.daemon.wiring;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code tunic} at the top of the repository, on the jar of this build. */
final class LauncherIT {
  private static final Path SCRIPT = Path.of("..", "tunic").toAbsolutePath().normalize();

  @TempDir Path dir;

  private Processes.Ended launch(Path script, List<String> environment, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin", "HOME=" + dir));
    command.addAll(environment);
    command.add("TUNIC_NO_BUILD=1");
    command.add(script.toString());
    command.addAll(List.of(arguments));
    return Processes.run(dir, command);
  }

  private static String javaHome() {
    return "JAVA_HOME=" + System.getProperty("java.home");
  }

  @Test
  void launch_fromElsewhereThroughALink_runs() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("linked tunic"), SCRIPT);
    Processes.Ended ended = launch(link, List.of(javaHome()), "--version");
    assertEquals(0, ended.status(), ended.output());
    assertTrue(ended.output().startsWith("Tunic version "), ended.output());
  }

  /** Its start-up cache, if it has one, is of no use there. */
  @Test
  void launch_ofATreeThatWasMoved_runs() throws Exception {
    Path target = Files.createDirectories(dir.resolve("moved/daemon/target"));
    Path script = Files.copy(SCRIPT, dir.resolve("moved/tunic"), COPY_ATTRIBUTES);
    Path built = SCRIPT.resolveSibling("daemon/target");
    for (String name : List.of("tunic.jar", "lib", "tunic.aot", "tunic.aot.jvm")) {
      Path from = built.resolve(name);
      if (!Files.exists(from)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          Files.copy(file, target.resolve(built.relativize(file).toString()), COPY_ATTRIBUTES);
        }
      }
    }
    Processes.Ended ended = launch(script, List.of(javaHome()), "--version");
    assertEquals(0, ended.status(), ended.output());
    assertTrue(ended.output().startsWith("Tunic version "), ended.output());
  }

  @Test
  void launch_statusAndOutput_areThoseOfTheProgram() throws Exception {
    Files.writeString(dir.resolve("a torrc"), "Orport x\n");
    Processes.Ended ended =
        launch(SCRIPT, List.of(javaHome()), "--verify-config", "--quiet", "-f", "a torrc");
    assertEquals(1, ended.status());
    assertTrue(ended.output().startsWith("tunic: a torrc:1: ORPort"), ended.output());
    assertEquals(1, ended.output().lines().count(), ended.output());
  }

  @Test
  void launch_withAJavaOfAnotherVersion_looksFurther() throws Exception {
    Path other = dir.resolve("jdk");
    Files.createDirectories(other.resolve("bin"));
    Files.writeString(other.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path java = Files.writeString(other.resolve("bin/java"), "#!/bin/sh\necho wrong\n");
    assertTrue(java.toFile().setExecutable(true));
    Processes.Ended ended = launch(SCRIPT, List.of("JAVA_HOME=" + other), "--version");
    assertTrue(
        ended.output().startsWith("Tunic version ")
            || ended.output().contains("Java 25 is needed and was not found. Install"),
        ended.output());
  }
}
