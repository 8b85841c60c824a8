/**
 * Real brokers for tests and demonstrations: started on free ports in a temporary folder, or named
 * by the environment, and gone when closed.
 */
@NullMarked
package dev.comms.testkit.brokers;

import org.jspecify.annotations.NullMarked;
