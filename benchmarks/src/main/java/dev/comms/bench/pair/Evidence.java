package dev.comms.bench.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where every round's figures are kept. */
final class Evidence {
  static final Path FOLDER = Path.of("benchmarks/target/pairs");

  private Evidence() {}

  static void prepare() {
    try {
      Files.createDirectories(FOLDER);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static void keep(Outcome outcome) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "pair,side,operations,nanos,p50us,p95us,p99us,p999us,bytesPerOp,cpuUsPerOp,processUsPerOp,"
            + "compilingMs");
    for (int i = 0; i < outcome.pairs().size(); i++) {
      lines.add(i + ",ours," + outcome.pairs().get(i).ours().line());
      lines.add(i + ",other," + outcome.pairs().get(i).other().line());
    }
    try {
      Files.write(FOLDER.resolve(outcome.row().name() + ".csv"), lines);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
