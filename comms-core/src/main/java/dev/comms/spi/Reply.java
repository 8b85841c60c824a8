package dev.comms.spi;

/** What comes back through the policies: a message, or an opened stream. */
public sealed interface Reply permits Envelope, Pipe {}
