package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AmqpGreetingTest {

  @Test
  void theVersionIsFoundBehindOtherProperties() throws Exception {
    assertThat(read(frame(10, properties("version", "4.1.2")))).isEqualTo("4.1.2");
  }

  @Test
  void aGreetingWithoutVersionIsRefusedForGood() throws Exception {
    byte[] frame = frame(10, properties("edition", "4.1.2"));
    assertThatThrownBy(() -> read(frame))
        .isInstanceOf(Readiness.Final.class)
        .hasMessage("the server properties name no version");
  }

  @Test
  void anotherProtocolIsRefusedForGood() {
    byte[] answer = "HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> read(answer))
        .isInstanceOf(Readiness.Final.class)
        .hasMessageContaining("does not speak AMQP 0-9-1");
  }

  @Test
  void aGreetingThatEndsEarlyMayBeAskedForAgain() throws Exception {
    byte[] frame = frame(10, properties("version", "4.1.2"));
    byte[] half = Arrays.copyOf(frame, frame.length / 2);
    assertThatThrownBy(() -> read(half)).isInstanceOf(IOException.class);
  }

  @Test
  void anotherMethodThanStartIsRefused() throws Exception {
    byte[] frame = frame(20, properties("version", "4.1.2"));
    assertThatThrownBy(() -> read(frame)).hasMessageContaining("not connection.start");
  }

  private static String read(byte[] bytes) throws IOException, Readiness.Final {
    return AmqpGreeting.version(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  private static byte[] properties(String name, String value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    name(out, "capabilities");
    out.writeByte('F');
    out.writeInt(14);
    name(out, "basic.nack!");
    out.writeByte('t');
    out.writeByte(1);
    name(out, "count");
    out.writeByte('I');
    out.writeInt(7);
    name(out, name);
    out.writeByte('S');
    out.writeInt(value.length());
    out.writeBytes(value);
    return bytes.toByteArray();
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    out.writeByte(name.length());
    out.writeBytes(name);
  }

  private static byte[] frame(int method, byte[] properties) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(1);
    out.writeShort(0);
    out.writeInt(4 + 2 + 4 + properties.length);
    out.writeShort(10);
    out.writeShort(method);
    out.writeShort(9);
    out.writeInt(properties.length);
    out.write(properties);
    out.writeByte(0xCE);
    return bytes.toByteArray();
  }
}
