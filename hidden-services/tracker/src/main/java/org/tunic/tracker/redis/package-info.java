/**
 * Swarms that several trackers share by a Redis: {@link org.tunic.tracker.redis.RedisStore} answers
 * from memory and writes behind. Sockets are opened by Lettuce; where to is said by {@link
 * org.tunic.tracker.redis.RedisAddress}.
 *
 * <p>Threads: any; those of Lettuce for what Redis answers.
 */
@NullMarked
package org.tunic.tracker.redis;

import org.jspecify.annotations.NullMarked;
