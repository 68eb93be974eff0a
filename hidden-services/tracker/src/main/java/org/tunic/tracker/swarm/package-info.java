/**
 * Who is in which swarm: {@link org.tunic.tracker.swarm.SwarmStore} keeps it in memory, in shards
 * with a lock each, and answers in a time that does not grow with the swarm. {@link
 * org.tunic.tracker.swarm.SnapshotFile} keeps it on disk.
 *
 * <p>Not here: what requests look like, and which address may be handed out ({@code request}).
 *
 * <p>Spec: BEP 3, BEP 21, BEP 48. Threads: any; a shard is guarded by its lock.
 */
@NullMarked
package org.tunic.tracker.swarm;

import org.jspecify.annotations.NullMarked;
