/** Codecs for JSON and Protobuf; the libraries behind them are optional dependencies. */
@NullMarked
package dev.comms.codec;

import org.jspecify.annotations.NullMarked;
