package dev.comms.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurators;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import dev.comms.contract.CommsException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's settings; its defaults wait 10 minutes for an answer and trust any certificate. */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);

  private Connections() {}

  static ConnectionFactory factory(RabbitConfig config, String threads, Consumer<Socket> opened) {
    ConnectionFactory factory = new ConnectionFactory();
    try {
      factory.setUri(config.uri());
      factory.setVirtualHost(config.virtualHost());
      if (config.tls()) {
        factory.useSslProtocol(SSLContext.getDefault());
        factory.enableHostnameVerification();
      }
    } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException bad) {
      throw new CommsException.Misconfigured(
          "rabbitmq", "the URI '" + config.shownUri() + "' cannot be used; correct it");
    }
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setConnectionTimeout((int) config.connectionTimeout().toMillis());
    factory.setHandshakeTimeout((int) LONGEST_ANSWER.toMillis());
    factory.setShutdownTimeout((int) LONGEST_ANSWER.toMillis());
    factory.setChannelRpcTimeout((int) LONGEST_ANSWER.toMillis());
    factory.setChannelShouldCheckRpcResponseType(true);
    factory.setRequestedHeartbeat((int) config.heartbeat().toSeconds());
    factory.setThreadFactory(Threads.numbered(threads + "-io"));
    factory.setExceptionHandler(new Quiet());
    factory.setSocketConfigurator(
        SocketConfigurators.defaultConfigurator().andThen(opened::accept));
    return factory;
  }

  /** The session tells of a broken connection; the client need not tell too. */
  private static final class Quiet extends DefaultExceptionHandler {
    @Override
    public void handleUnexpectedConnectionDriverException(Connection connection, Throwable why) {
      LOG.debug("the connection broke", why);
    }
  }
}
