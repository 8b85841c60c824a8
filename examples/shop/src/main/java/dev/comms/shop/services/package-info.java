/** The shop's inner services; each is a Comms of its own and could be a process of its own. */
@NullMarked
package dev.comms.shop.services;

import org.jspecify.annotations.NullMarked;
