/** The smallest transports and the clock that the tests of core need. */
@NullMarked
package dev.comms.fake;

import org.jspecify.annotations.NullMarked;
