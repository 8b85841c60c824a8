/** Runs the shop on real brokers, sends orders through it and proves what became of each. */
@NullMarked
package dev.comms.shop.demo;

import org.jspecify.annotations.NullMarked;
