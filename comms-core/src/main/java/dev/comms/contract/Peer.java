package dev.comms.contract;

import java.util.List;
import java.util.Objects;

/**
 * Who is at the other end of a connection, as the connection proved it, or as the server's
 * authorisation said. What a peer only claims of itself, such as a header, is never in here.
 *
 * @param name what to decide by: of a certificate the first URI of its subject alternative names
 *     (SPIFFE), else the first DNS name, else the subject, as gRPC's own authorisation does (gRFC
 *     A41)
 * @param names all that the certificate vouches for, URIs first; empty when it was no certificate
 */
public record Peer(String name, List<String> names) {
  public Peer {
    Objects.requireNonNull(name, "peer: the name is null; leave the peer out");
    names = List.copyOf(names);
  }

  /** A peer that is known by one name only. */
  public static Peer named(String name) {
    return new Peer(name, List.of());
  }
}
