package dev.comms.testkit.proxy;

/** What a fault does: it adds itself to the conditions of each direction that it concerns. */
interface Effect {

  void on(Conditions conditions, Applied applied);

  /** Whether it can be meant for one direction alone. */
  default boolean directed() {
    return true;
  }

  /** The word and the values, as the command line has them. */
  String words();

  /** Times in nanoseconds. */
  record Latency(long delay, long jitter) implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.delay += delay;
      conditions.jitter += jitter;
    }

    @Override
    public String words() {
      return "latency=" + Values.time(delay) + (jitter == 0 ? "" : "," + Values.time(jitter));
    }
  }

  record Bandwidth(long bytesPerSecond) implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.bytesPerSecond = Math.min(conditions.bytesPerSecond, bytesPerSecond);
    }

    @Override
    public String words() {
      return "bandwidth=" + bytesPerSecond;
    }
  }

  record BlackHole() implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.blackHole = true;
    }

    @Override
    public String words() {
      return "blackhole";
    }
  }

  record Silent() implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.silent = true;
    }

    @Override
    public boolean directed() {
      return false;
    }

    @Override
    public String words() {
      return "silent";
    }
  }

  record Refuse() implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.refuse = true;
    }

    @Override
    public boolean directed() {
      return false;
    }

    @Override
    public String words() {
      return "refuse";
    }
  }

  /** Ends a connection when so many bytes have passed. */
  record End(long afterBytes, boolean reset) implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.ends.put(applied, this);
    }

    @Override
    public String words() {
      return (reset ? "reset=" : "cut=") + afterBytes;
    }
  }

  /** Time in nanoseconds. */
  record SlowClose(long delay) implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.closeDelay = Math.max(conditions.closeDelay, delay);
    }

    @Override
    public String words() {
      return "slowclose=" + Values.time(delay);
    }
  }

  /** Time in nanoseconds. */
  record Slices(int maxBytes, long pause) implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.maxBytes = Math.min(conditions.maxBytes, maxBytes);
      conditions.pause = Math.max(conditions.pause, pause);
    }

    @Override
    public String words() {
      return "slice=" + maxBytes + "," + Values.time(pause);
    }
  }

  /** Changes each byte with this probability, or every so many bytes one if that is not 0. */
  record Corrupt(double probability, long every) implements Effect {
    @Override
    public void on(Conditions conditions, Applied applied) {
      conditions.corruptions.put(applied, this);
    }

    @Override
    public String words() {
      return every > 0 ? "corrupt-every=" + every : "corrupt=" + probability;
    }
  }
}
