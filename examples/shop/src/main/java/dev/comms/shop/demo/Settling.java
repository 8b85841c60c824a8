package dev.comms.shop.demo;

import dev.comms.shop.services.MailFolder;
import dev.comms.shop.services.Sql;
import dev.comms.spi.DeadLetters;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until every accepted order has ended with all its effects, or until nothing has moved for a
 * while. It only decides how long to wait; what happened is found out afterwards, by ids.
 */
final class Settling {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final Sql sql;
  private final MailFolder mails;
  private final DeadLetters letters;
  private final Set<String> watched;
  private final Duration quiet;

  Settling(
      Sql sql, MailFolder mails, DeadLetters letters, Set<String> watched, Duration workerDelay) {
    this.sql = sql;
    this.mails = mails;
    this.letters = letters;
    this.watched = watched;
    this.quiet = QUIET.plus(workerDelay.multipliedBy(2));
  }

  /** How far everything is; equal when nothing moved. */
  private record State(
      int completed, int rejected, int attempts, int dead, int mails, int rows, int told) {
    int ended() {
      return completed + rejected + dead;
    }

    boolean isEnd(int accepted) {
      return ended() >= accepted
          && mails >= completed
          && rows >= 2 * completed
          && told >= completed + rejected;
    }
  }

  /** Returns whether everything ended; false if it stood still before. */
  boolean await(int accepted, Progress progress) throws SQLException, IOException {
    State last = look();
    long moved = System.nanoTime();
    while (!last.isEnd(accepted)) {
      progress.at(last.ended());
      if (System.nanoTime() - moved > quiet.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        return false;
      }
      State now = look();
      moved = now.equals(last) ? moved : System.nanoTime();
      last = now;
    }
    progress.at(last.ended());
    return true;
  }

  private State look() throws SQLException, IOException {
    return new State(
        count("orders where status = 'completed'"),
        count("orders where status = 'rejected'"),
        count("charge_attempts"),
        (int) Letters.count(letters),
        mails.files().size(),
        count("activity") + count("purchases"),
        watched.size());
  }

  private int count(String what) throws SQLException {
    Integer rows = sql.first("select count(*) from " + what, row -> row.getInt(1));
    return rows == null ? 0 : rows;
  }
}
