/** Calls and downloads over gRPC: one destination per transport, one port per server. */
@NullMarked
package dev.comms.grpc;

import org.jspecify.annotations.NullMarked;
