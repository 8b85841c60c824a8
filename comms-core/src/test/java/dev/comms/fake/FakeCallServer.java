package dev.comms.fake;

import dev.comms.contract.Contract;
import dev.comms.spi.CallServer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Listens to the test. */
public final class FakeCallServer extends FakeTransport implements CallServer {
  private volatile Map<Contract, Answerer> answerers = Map.of();

  public FakeCallServer() {
    this(ownDiary());
  }

  public FakeCallServer(List<String> diary) {
    super("fake-server", diary);
  }

  @Override
  public String address() {
    return "here:1";
  }

  @Override
  public void answer(Map<Contract, Answerer> known) {
    diary.add("answer");
    answerers = known;
  }

  /** What is answered, as the transport was told. */
  public Set<Contract> contracts() {
    return answerers.keySet();
  }

  /** Who answers this contract. */
  public Answerer answerer(Contract contract) {
    Answerer answerer = answerers.get(contract);
    if (answerer == null) {
      throw new AssertionError("nobody answers " + contract);
    }
    return answerer;
  }
}
