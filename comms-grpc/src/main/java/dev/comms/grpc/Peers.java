package dev.comms.grpc;

import dev.comms.contract.Peer;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Notes of each connection who is at its other end, once, when its handshake is done. */
final class Peers extends ServerTransportFilter {
  /** The peer of a connection, or of a call if an authorisation knew more. */
  static final Attributes.Key<Peer> PEER = Attributes.Key.create("comms-peer");

  // RFC 5280, section 4.2.1.6.
  private static final int DNS_NAME = 2;
  private static final int URI = 6;

  @Override
  public Attributes transportReady(Attributes connection) {
    Peer peer = peer(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    return peer == null ? connection : connection.toBuilder().set(PEER, peer).build();
  }

  private static @Nullable Peer peer(@Nullable SSLSession session) {
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own ? peer(own) : null;
    } catch (SSLPeerUnverifiedException showedNone) {
      return null;
    }
  }

  /** The names in the order in which gRPC's own authorisation looks at them (gRFC A41). */
  static Peer peer(X509Certificate certificate) {
    List<String> names = new ArrayList<>(names(certificate, URI));
    names.addAll(names(certificate, DNS_NAME));
    String subject = certificate.getSubjectX500Principal().getName();
    return new Peer(names.isEmpty() ? subject : names.get(0), names);
  }

  private static List<String> names(X509Certificate certificate, int kind) {
    List<String> found = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> one : all) {
          if (Integer.valueOf(kind).equals(one.get(0)) && one.get(1) instanceof String name) {
            found.add(name);
          }
        }
      }
    } catch (CertificateParsingException unreadable) {
      // A name that nobody can read names nobody; the subject is left.
      return List.of();
    }
    return found;
  }
}
