/** Comparisons of comms with the raw clients: two processes that take turns against one broker. */
@NullMarked
package dev.comms.bench.pair;

import org.jspecify.annotations.NullMarked;
