package dev.comms.fake;

import dev.comms.contract.Call;
import dev.comms.contract.Deadline;
import dev.comms.contract.StreamCall;
import dev.comms.spi.Ability;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps every attempt and lets the test be the other side. */
public class FakeCalls extends FakeTransport implements CallTransport {
  public final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  public volatile CompletableFuture<Pipe> opened = new CompletableFuture<>();
  public volatile boolean clientStreams;
  private final Consumer<Attempt> otherSide;

  public record Attempt(Envelope message, Deadline deadline, CompletableFuture<Envelope> reply) {
    /** Answers with the request. */
    public void echo() {
      reply.complete(message);
    }
  }

  public FakeCalls(Consumer<Attempt> otherSide) {
    this(otherSide, ownDiary());
  }

  public FakeCalls(Consumer<Attempt> otherSide, List<String> diary) {
    super("fake-calls", diary);
    this.otherSide = otherSide;
  }

  @Override
  public Set<Ability> abilities() {
    return clientStreams ? Set.of(Ability.CLIENT_STREAMS) : Set.of();
  }

  @Override
  public String target() {
    return "there";
  }

  @Override
  public CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline) {
    Attempt attempt = new Attempt(request, deadline, new CompletableFuture<>());
    attempts.add(attempt);
    otherSide.accept(attempt);
    return attempt.reply();
  }

  @Override
  public CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline) {
    return opened;
  }
}
