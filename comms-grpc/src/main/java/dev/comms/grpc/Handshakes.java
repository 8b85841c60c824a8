package dev.comms.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * TLS in which every connection makes a handshake of its own. gRPC's own credentials resume earlier
 * sessions, and who resumes shows no certificate and is asked for none: what was renewed would not
 * be seen, and whom nobody vouches for any more would come in, for as long as sessions are kept.
 */
final class Handshakes {
  private Handshakes() {}

  static ChannelCredentials client(@Nullable RotatingKeys keys, @Nullable RotatingTrust trust)
      throws SSLException {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    if (keys != null) {
      builder.keyManager(keys);
    }
    if (trust != null) {
      builder.trustManager(trust);
    }
    return NettySslContextChannelCredentials.create(withoutMemory(builder.build()));
  }

  static ServerCredentials server(RotatingKeys keys, @Nullable RotatingTrust clients)
      throws SSLException {
    SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(keys));
    if (clients != null) {
      builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE);
    }
    return NettySslContextServerCredentials.create(withoutMemory(builder.build()));
  }

  private static SslContext withoutMemory(SslContext context) {
    SSLSessionContext sessions = context.sessionContext();
    if (sessions instanceof OpenSslSessionContext openSsl) {
      openSsl.setSessionCacheEnabled(false);
    } else {
      // Java's own TLS, where there is no native one, cannot do without; 0 would be without end.
      sessions.setSessionCacheSize(1);
      sessions.setSessionTimeout(1);
    }
    return context;
  }
}
