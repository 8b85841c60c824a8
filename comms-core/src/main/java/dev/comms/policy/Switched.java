package dev.comms.policy;

import dev.comms.spi.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A policy in the mode that is in force; each of its two is made once, when first needed. */
final class Switched implements Policy {
  private final Supplier<Mode> mode;
  private final Function<Mode, Policy> make;
  private volatile @Nullable Policy enforcing;
  private volatile @Nullable Policy observing;

  Switched(Supplier<Mode> mode, Function<Mode, Policy> make) {
    this.mode = mode;
    this.make = make;
    in(mode.get());
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    return in(mode.get()).apply(exchange, next);
  }

  /** Two threads may both make it: policies of one place share what they count with. */
  private Policy in(Mode now) {
    Policy known = now == Mode.ENFORCE ? enforcing : observing;
    if (known != null) {
      return known;
    }
    Policy made = make.apply(now);
    if (now == Mode.ENFORCE) {
      enforcing = made;
    } else {
      observing = made;
    }
    return made;
  }
}
