/** A TCP proxy that makes network faults between a client and its server, for tests. */
@NullMarked
package dev.comms.testkit.proxy;

import org.jspecify.annotations.NullMarked;
