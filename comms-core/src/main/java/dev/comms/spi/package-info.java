/**
 * What a transport implements: it delivers bytes and settles, and knows no policy and no payload.
 */
@NullMarked
package dev.comms.spi;

import org.jspecify.annotations.NullMarked;
