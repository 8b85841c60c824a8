package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.SEND_EMAIL;

import dev.comms.Comms;
import dev.comms.Workers;
import dev.comms.contract.Context;
import dev.comms.contract.Verdict;
import dev.comms.shop.contracts.SendEmail;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** The e-mail worker: one file per task. A mail that could forge a header is never written. */
public final class Mail implements Service {
  private static final int AT_ONCE = 4;

  private final MailFolder folder;
  private final Comms comms;

  public Mail(Transports transports, MailFolder folder) {
    this.folder = folder;
    this.comms = Service.comms("mail");
    comms.tasks(transports.tasks()).handle(SEND_EMAIL, Workers.of(AT_ONCE), this::send);
  }

  @Override
  public void start() {
    comms.start();
  }

  private void send(SendEmail mail, Context context) throws IOException {
    byte[] file;
    try {
      file = MailFile.write(context.id(), mail, ZonedDateTime.now(ZoneId.systemDefault()));
    } catch (IllegalArgumentException forged) {
      throw Verdict.reject(String.valueOf(forged.getMessage()));
    }
    folder.put(context.id(), file);
  }

  @Override
  public void close() {
    comms.close();
  }
}
