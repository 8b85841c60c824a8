/** What the shop's services say to each other: every contract and payload, shared by both sides. */
@NullMarked
package dev.comms.shop.contracts;

import org.jspecify.annotations.NullMarked;
