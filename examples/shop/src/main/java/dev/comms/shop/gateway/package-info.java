/** The shop's edge: REST and server-sent events outside, calls and tasks inside. */
@NullMarked
package dev.comms.shop.gateway;

import org.jspecify.annotations.NullMarked;
