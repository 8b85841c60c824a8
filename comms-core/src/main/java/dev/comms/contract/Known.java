package dev.comms.contract;

import dev.comms.contract.CommsException.Cancelled;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Failed;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.Unavailable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Any failure as one of ours. */
final class Known {
  private Known() {}

  static CommsException of(String contract, Throwable failure) {
    Throwable root = failure;
    while ((root instanceof CompletionException || root instanceof ExecutionException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof CommsException ours) {
      return ours;
    }
    Facts facts = Facts.of(contract).effect(Effect.POSSIBLE).cause(root);
    if (root instanceof Verdict verdict) {
      return of(verdict, facts);
    }
    if (root instanceof CancellationException) {
      return new Cancelled(facts.fault(Fault.CALLER).message("cancelled by the caller"));
    }
    return new Failed(facts.fault(Fault.REMOTE).message("the handler threw " + nameOf(root)));
  }

  private static CommsException of(Verdict verdict, Facts facts) {
    if (verdict instanceof Verdict.RetryAfter later) {
      return new Unavailable(facts.message("not now").retryAfter(later.pause()));
    }
    return new Rejected(
        Code.FAILED_PRECONDITION,
        facts
            .effect(Effect.NONE)
            .fault(Fault.CALLER)
            .message(String.valueOf(verdict.getMessage())));
  }

  private static String nameOf(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }
}
