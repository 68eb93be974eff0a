package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.daemon.config.ConfigException;

class MachineTest {
  private static final long MB = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    // memory, heap, set (0: not), expected, all in MB
    "4000, 100000, 0, 3000",
    "200, 100000, 0, 256",
    "10000, 100000, 0, 4000",
    "100000, 100000, 0, 8192",
    "4000, 1000, 0, 750",
    "4000, 100000, 512, 512",
    "4000, 400, 512, 300",
  })
  void queues_followTheMachineTheJvmAndTheOperator(
      long memory, long heap, long set, long expected) {
    Machine machine = new Machine(memory * MB, heap * MB, 1000);
    OptionalLong option = set == 0 ? OptionalLong.empty() : OptionalLong.of(set * MB);
    assertEquals(expected, machine.queues(option) / MB);
  }

  @Test
  void check_withFewerDescriptorsThanConnLimit_refuses() throws Exception {
    Machine machine = new Machine(MB, MB, 1000);
    machine.check(1000);
    assertThrows(ConfigException.class, () -> machine.check(1001));
    assertThrows(ConfigException.class, () -> machine.check(31));
  }

  @Test
  void accepted_staysBelowTheDescriptors() {
    assertEquals(15_000, new Machine(MB, MB, 100_000).accepted(15_000));
    assertTrue(new Machine(MB, MB, 1024).accepted(15_000) < 992);
  }

  @Test
  void look_seesThisMachine() {
    Machine machine = Machine.look();
    assertTrue(machine.memory() > 64 * MB && machine.descriptors() > 32, machine.toString());
  }
}
