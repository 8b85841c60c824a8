package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Upload;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrpcCallTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aUnaryMethodBecomesACallOfItsFullName() throws Exception {
    Call<StringValue, StringValue> call =
        GrpcCall.unary(method(MethodType.UNARY).build()).answeredWithin(SECOND);

    assertThat(call.name()).isEqualTo("shop.Inventory/CheckStock");
    assertThat(call.idempotent()).isFalse();
    assertThat(call.request().contentType()).isEqualTo("application/protobuf");
  }

  @Test
  void itsCodecsAreTheMethodsMarshallersInBothDirections() throws Exception {
    Call<StringValue, StringValue> call =
        GrpcCall.unary(method(MethodType.UNARY).build()).answeredWithin(SECOND);
    StringValue payload = StringValue.of("söck 7");

    byte[] body = call.request().encode(payload);

    assertThat(body).isEqualTo(payload.toByteArray());
    assertThat(call.reply().decode(body)).isEqualTo(payload);
  }

  @Test
  void bytesThatAreNoSuchMessageDoNotDecode() {
    Codec<StringValue> codec =
        GrpcCall.unary(method(MethodType.UNARY).build()).answeredWithin(SECOND).request();

    assertThatThrownBy(() -> codec.decode(new byte[] {(byte) 0xff, (byte) 0xff}))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void theProtoSaysWhatIsIdempotent() {
    assertThat(idempotent(method(MethodType.UNARY).setIdempotent(true))).isTrue();
    assertThat(idempotent(method(MethodType.UNARY).setSafe(true))).isTrue();
    assertThat(idempotent(method(MethodType.UNARY))).isFalse();
  }

  @Test
  void aServerStreamingMethodBecomesADownload() {
    Download<StringValue, StringValue> download =
        GrpcCall.download(method(MethodType.SERVER_STREAMING).build())
            .firstWithin(SECOND)
            .idleWithin(SECOND)
            .totalWithin(SECOND);

    assertThat(download.name()).isEqualTo("shop.Inventory/CheckStock");
  }

  @Test
  void aClientStreamingMethodBecomesAnUploadAndABidirectionalOneADialogue() {
    Upload<StringValue, StringValue> upload =
        GrpcCall.upload(method(MethodType.CLIENT_STREAMING).build())
            .firstWithin(SECOND)
            .idleWithin(SECOND)
            .totalWithin(SECOND);
    Dialogue<StringValue, StringValue> dialogue =
        GrpcCall.dialogue(method(MethodType.BIDI_STREAMING).build())
            .firstWithin(SECOND)
            .idleWithin(SECOND)
            .totalWithin(SECOND);

    assertThat(upload.name()).isEqualTo("shop.Inventory/CheckStock");
    assertThat(dialogue.name()).isEqualTo("shop.Inventory/CheckStock");
    assertThat(Topology.method(upload).getType()).isEqualTo(MethodType.CLIENT_STREAMING);
    assertThat(Topology.method(dialogue).getType()).isEqualTo(MethodType.BIDI_STREAMING);
  }

  @Test
  void theWrongKindOfMethodIsRefusedByName() {
    assertThatThrownBy(() -> GrpcCall.unary(method(MethodType.SERVER_STREAMING).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shop.Inventory/CheckStock")
        .hasMessageContaining("SERVER_STREAMING");
    assertThatThrownBy(() -> GrpcCall.download(method(MethodType.BIDI_STREAMING).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shop.Inventory/CheckStock")
        .hasMessageContaining("BIDI_STREAMING");
  }

  private static boolean idempotent(MethodDescriptor.Builder<StringValue, StringValue> method) {
    return GrpcCall.unary(method.build()).answeredWithin(SECOND).idempotent();
  }

  private static MethodDescriptor.Builder<StringValue, StringValue> method(MethodType type) {
    return MethodDescriptor.newBuilder(
            ProtoUtils.marshaller(StringValue.getDefaultInstance()),
            ProtoUtils.marshaller(StringValue.getDefaultInstance()))
        .setType(type)
        .setFullMethodName("shop.Inventory/CheckStock");
  }
}
