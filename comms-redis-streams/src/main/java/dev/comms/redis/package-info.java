/** Tasks and events over Redis Streams: Redis 6.2 to 7.x and Valkey, one server. */
@NullMarked
package dev.comms.redis;

import org.jspecify.annotations.NullMarked;
