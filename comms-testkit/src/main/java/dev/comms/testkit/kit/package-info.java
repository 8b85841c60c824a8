/** The conformance kits: what every transport promises, as tests that each transport extends. */
@NullMarked
package dev.comms.testkit.kit;

import org.jspecify.annotations.NullMarked;
