/** Transports that are wrong in one point each, and the proof that a case of the kits notices. */
@NullMarked
package dev.comms.testkit.mutants;

import org.jspecify.annotations.NullMarked;
