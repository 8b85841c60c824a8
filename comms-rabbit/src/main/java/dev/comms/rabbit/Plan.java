package dev.comms.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is to be declared, in this order. All of it is durable. */
record Plan(List<Exchange> exchanges, List<Queue> queues, List<Binding> bindings) {

  record Exchange(String name, String type, Map<String, Object> arguments) {}

  record Queue(String name, Map<String, Object> arguments) {}

  record Binding(String source, String key, String destination, boolean toQueue) {}

  /**
   * Declares what is missing, on a channel of its own, since a refusal closes the channel. Blocks.
   *
   * @throws dev.comms.contract.CommsException.Misconfigured if something exists with other
   *     arguments, or may not be declared
   */
  void declare(Connection connection) throws IOException {
    String current = "channel";
    try (Channel channel = Failures.open(connection)) {
      for (Exchange exchange : exchanges) {
        current = "exchange '" + exchange.name() + "'";
        channel.exchangeDeclare(
            exchange.name(), exchange.type(), true, false, exchange.arguments());
      }
      for (Queue queue : queues) {
        current = "queue '" + queue.name() + "'";
        channel.queueDeclare(queue.name(), true, false, false, queue.arguments());
      }
      for (Binding binding : bindings) {
        current = "binding of '" + binding.destination() + "' to '" + binding.source() + "'";
        bind(channel, binding);
      }
    } catch (IOException | ShutdownSignalException refused) {
      throw Failures.declaring(current, refused);
    } catch (java.util.concurrent.TimeoutException late) {
      throw new IOException("closing the channel took too long", late);
    }
  }

  private static void bind(Channel channel, Binding binding) throws IOException {
    if (binding.toQueue()) {
      channel.queueBind(binding.destination(), binding.source(), binding.key());
    } else {
      channel.exchangeBind(binding.destination(), binding.source(), binding.key());
    }
  }
}
