/**
 * The three verbs call, submit and publish, their handlers, and the order in which policies apply.
 */
@NullMarked
package dev.comms;

import org.jspecify.annotations.NullMarked;
