/** A small service with a call, a task and an event, for the unit test beside it. */
@NullMarked
package dev.comms.example.orders;

import org.jspecify.annotations.NullMarked;
