/** Transports that live in this process and a clock turned by hand, for tests without a broker. */
@NullMarked
package dev.comms.testkit;

import org.jspecify.annotations.NullMarked;
