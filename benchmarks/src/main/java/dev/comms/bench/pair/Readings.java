package dev.comms.bench.pair;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.comms.contract.Codec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a station has measured. {@link #PROTOBUF} is what protobuf's compiler would make of
 *
 * <pre>{@code
 * message Readings { string station = 1; repeated Reading readings = 2; }
 * message Reading {
 *   int32 sensorId = 1; int64 timestamp = 2; float temperature = 3; float humidity = 4;
 *   int32 battery = 5;
 * }
 * }</pre>
 *
 * <p>without the builders, which comms has no use for.
 */
record Readings(String station, List<Reading> readings) {
  static final Codec<Readings> PROTOBUF = new Protobuf();

  private static final int COUNT = 11;

  /** One sensor at one moment; {@code timestamp} in milliseconds. */
  record Reading(int sensorId, long timestamp, float temperature, float humidity, int battery) {

    private int size() {
      return CodedOutputStream.computeInt32Size(1, sensorId)
          + CodedOutputStream.computeInt64Size(2, timestamp)
          + CodedOutputStream.computeFloatSize(3, temperature)
          + CodedOutputStream.computeFloatSize(4, humidity)
          + CodedOutputStream.computeInt32Size(5, battery);
    }

    private void write(CodedOutputStream out) throws IOException {
      out.writeInt32(1, sensorId);
      out.writeInt64(2, timestamp);
      out.writeFloat(3, temperature);
      out.writeFloat(4, humidity);
      out.writeInt32(5, battery);
    }

    private static Reading read(CodedInputStream in) throws IOException {
      int sensorId = 0;
      long timestamp = 0;
      float temperature = 0;
      float humidity = 0;
      int battery = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag >>> 3) {
          case 1 -> sensorId = in.readInt32();
          case 2 -> timestamp = in.readInt64();
          case 3 -> temperature = in.readFloat();
          case 4 -> humidity = in.readFloat();
          case 5 -> battery = in.readInt32();
          default -> in.skipField(tag);
        }
      }
      return new Reading(sensorId, timestamp, temperature, humidity, battery);
    }
  }

  static Readings sample() {
    return new Readings(
        "roof-7",
        IntStream.range(0, COUNT)
            .mapToObj(
                i ->
                    new Reading(
                        200 + i,
                        1_795_447_000_123L + 250L * i,
                        (2_150 + 37 * i) / 100f,
                        (4_813 - 91 * i) / 100f,
                        97 - i))
            .toList());
  }

  private static final class Protobuf implements Codec<Readings> {
    @Override
    public String contentType() {
      return "application/x-protobuf";
    }

    @Override
    public byte[] encode(Readings payload) throws IOException {
      int size = CodedOutputStream.computeStringSize(1, payload.station());
      for (Reading reading : payload.readings()) {
        int each = reading.size();
        size +=
            CodedOutputStream.computeTagSize(2)
                + CodedOutputStream.computeUInt32SizeNoTag(each)
                + each;
      }
      byte[] bytes = new byte[size];
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeString(1, payload.station());
      for (Reading reading : payload.readings()) {
        out.writeTag(2, 2); // of a length and so many bytes
        out.writeUInt32NoTag(reading.size());
        reading.write(out);
      }
      out.checkNoSpaceLeft();
      return bytes;
    }

    @Override
    public Readings decode(byte[] body) throws IOException {
      CodedInputStream in = CodedInputStream.newInstance(body);
      String station = "";
      List<Reading> readings = new ArrayList<>();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag >>> 3) {
          case 1 -> station = in.readStringRequireUtf8();
          case 2 -> {
            int outer = in.pushLimit(in.readUInt32());
            readings.add(Reading.read(in));
            in.popLimit(outer);
          }
          default -> in.skipField(tag);
        }
      }
      return new Readings(station, readings);
    }
  }
}
