package dev.comms.contract;

/** Why the other side answered no; the names are those of gRPC's status codes where one fits. */
public enum Code {
  INVALID_ARGUMENT,
  NOT_FOUND,
  ALREADY_EXISTS,
  FAILED_PRECONDITION,
  OUT_OF_RANGE,
  ABORTED,
  PERMISSION_DENIED,
  UNAUTHENTICATED,
  UNIMPLEMENTED
}
