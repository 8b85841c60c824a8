/**
 * What happens around a message or an attempt: retries, breaker, limits and telemetry, all as one
 * public type.
 */
@NullMarked
package dev.comms.policy;

import org.jspecify.annotations.NullMarked;
