/**
 * The shop: the whole flow of an order through calls, tasks and events, and the command that runs
 * it.
 */
@NullMarked
package dev.comms.shop;

import org.jspecify.annotations.NullMarked;
