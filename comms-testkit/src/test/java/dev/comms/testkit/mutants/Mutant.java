package dev.comms.testkit.mutants;

import java.util.function.UnaryOperator;

/**
 * A transport, or a loop above it, that is wrong in one point.
 *
 * @param wrong what is wrong, in a few words
 * @param killer the case of the kit that must notice
 * @param change makes a right transport wrong
 */
record Mutant<T>(String wrong, String killer, UnaryOperator<T> change) {}
