/**
 * Address policies: exit policies of torrc and descriptors, their port summaries, and numeric
 * address literals.
 *
 * <p>Here live parsing, printing, matching and summarising. What an exit does with a refusal, and
 * the names of torrc options that feed this room, do not live here. Nothing here looks up a name.
 *
 * <p>Spec: dir-spec/nonterminals-server-descriptors, dir-spec/computing-microdescriptors,
 * dir-spec/server-descriptor-format. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.policy;

import org.jspecify.annotations.NullMarked;
