/** What must be remembered outside of a broker: the store, in memory and over JDBC. */
@NullMarked
package dev.comms.outbox;

import org.jspecify.annotations.NullMarked;
