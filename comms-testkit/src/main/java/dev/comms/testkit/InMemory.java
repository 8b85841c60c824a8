package dev.comms.testkit;

import dev.comms.contract.Event;
import dev.comms.contract.Time;
import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.EventTransport;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.List;

/**
 * A broker and a network in this process. Every transport that comes from one object sees the same
 * queues, topics and servers, with the semantics of the conformance kits. It delivers on the thread
 * that submits, publishes, settles or turns the clock, and waits only on the host's {@code Time}:
 * on one thread with a {@link TestClock} every run is the same. It holds at most a million messages
 * of each contract. Safe for use by many threads.
 */
public final class InMemory {
  private final MemoryBroker broker;
  private final Network network = new Network();

  /** An empty one; faults last on the system's clock. */
  public InMemory() {
    this(Time.system(), 0, false);
  }

  /** An empty one whose faults last on this clock and come from this seed. */
  public InMemory(Time time, long seed) {
    this(time, seed, false);
  }

  InMemory(Time time, long seed, boolean journal) {
    this.broker = new MemoryBroker(time, seed, journal);
  }

  MemoryBroker broker() {
    return broker;
  }

  Network network() {
    return network;
  }

  /** What is to go wrong here, with tasks and events; to calls only in a {@link TestComms}. */
  public Faults faults() {
    return broker.faults();
  }

  /**
   * Keeps events only so long; by default they are kept for ever. What a group has not read by then
   * is a gap.
   *
   * @throws IllegalArgumentException if the age is not positive
   */
  public InMemory keepEvents(Duration age) {
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException("keepEvents: " + age + " must be more than 0");
    }
    broker.retention(age);
    return this;
  }

  /** Another instance's way to the queues. */
  public TaskTransport tasks() {
    return new MemoryTasks(broker);
  }

  /** Another instance's way to the topics. */
  public EventTransport events() {
    return new MemoryEvents(broker);
  }

  /** A server; its address is known once it is attached. */
  public CallServer server() {
    return new MemoryServer(network);
  }

  /** A client of the server with this address, which need not listen yet. */
  public CallTransport client(String address) {
    return new MemoryClient(network, address);
  }

  /** The dead letters of an event in a group, oldest first. */
  public List<DeadLetters.Letter> deadEvents(Event<?> event, String group) {
    return broker.deadEvents(event.name(), group);
  }
}
