/** The tests of calls over gRPC. */
@NullMarked
package dev.comms.grpc;

import org.jspecify.annotations.NullMarked;
