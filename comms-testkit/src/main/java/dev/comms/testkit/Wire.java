package dev.comms.testkit;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;

/** What a caller learns of a failure: a wire carries kinds, codes and chosen texts, no causes. */
final class Wire {
  private Wire() {}

  /** What arrives at the caller when the other side failed so. */
  static CommsException carried(String contract, Throwable failure) {
    CommsException said = CommsException.of(contract, failure);
    Facts facts = said.facts().contract(contract).cause(null).attempts(1);
    if (said instanceof CommsException.Rejected no) {
      return new CommsException.Rejected(no.code(), facts);
    }
    boolean own = said.contract().isEmpty() || said.contract().equals(contract);
    if (said instanceof CommsException.Malformed && own && said.fault() == Fault.REMOTE) {
      // As over gRPC: the caller's bytes. What this side could not encode is a failure of its own.
      return new CommsException.Malformed(facts.fault(Fault.CALLER));
    }
    if (said instanceof CommsException.Overloaded
        || said instanceof CommsException.Unavailable
        || said instanceof CommsException.DeadlineExceeded
        || said instanceof CommsException.Cancelled) {
      return said.with(facts);
    }
    return new CommsException.Failed(
        Facts.of(contract)
            .effect(Effect.POSSIBLE)
            .fault(Fault.REMOTE)
            .message("the other side failed while it answered; its log says why"));
  }

  static CommsException unimplemented(String contract) {
    return new CommsException.Rejected(
        Code.UNIMPLEMENTED,
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.CALLER)
            .message("nobody answers this here; register an answer before start"));
  }

  static CommsException unavailable(String contract, Effect effect, String why) {
    return new CommsException.Unavailable(
        Facts.of(contract).effect(effect).fault(Fault.NETWORK).message(why));
  }

  static CommsException late(String contract, Effect effect) {
    return new CommsException.DeadlineExceeded(
        Facts.of(contract)
            .effect(effect)
            .fault(Fault.CALLER)
            .message("no answer within the deadline; raise the limit or look at the other side"));
  }

  static CommsException cancelled(String contract) {
    return new CommsException.Cancelled(
        Facts.of(contract)
            .effect(Effect.POSSIBLE)
            .fault(Fault.CALLER)
            .message("cancelled by the caller"));
  }
}
