package dev.comms.bench.pair;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.comms.contract.Codec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody wrote. {@link #PROTOBUF} is what protobuf's compiler would make of
 *
 * <pre>{@code
 * message Article {
 *   string id = 1; string title = 2; string author = 3; repeated string tags = 4; string text = 5;
 * }
 * }</pre>
 */
record Article(String id, String title, String author, List<String> tags, String text) {
  static final Codec<Article> PROTOBUF = new Protobuf();

  private static final String SENTENCE =
      "Whoever reads slowly keeps the writer waiting, and nobody's memory grows while he does. ";

  static Article sample() {
    return new Article(
        "8f14e45f-ceea-467f-a9e6-7d1c2b3a4d5e",
        "On the patience of pipes",
        "Édith Grünwald",
        List.of("streams", "back-pressure", "\"quoted\""),
        SENTENCE.repeat(9));
  }

  private static final class Protobuf implements Codec<Article> {
    @Override
    public String contentType() {
      return "application/x-protobuf";
    }

    @Override
    public byte[] encode(Article payload) throws IOException {
      int size =
          CodedOutputStream.computeStringSize(1, payload.id())
              + CodedOutputStream.computeStringSize(2, payload.title())
              + CodedOutputStream.computeStringSize(3, payload.author())
              + CodedOutputStream.computeStringSize(5, payload.text());
      for (String tag : payload.tags()) {
        size += CodedOutputStream.computeStringSize(4, tag);
      }
      byte[] bytes = new byte[size];
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeString(1, payload.id());
      out.writeString(2, payload.title());
      out.writeString(3, payload.author());
      for (String tag : payload.tags()) {
        out.writeString(4, tag);
      }
      out.writeString(5, payload.text());
      out.checkNoSpaceLeft();
      return bytes;
    }

    @Override
    public Article decode(byte[] body) throws IOException {
      CodedInputStream in = CodedInputStream.newInstance(body);
      String id = "";
      String title = "";
      String author = "";
      List<String> tags = new ArrayList<>();
      String text = "";
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag >>> 3) {
          case 1 -> id = in.readStringRequireUtf8();
          case 2 -> title = in.readStringRequireUtf8();
          case 3 -> author = in.readStringRequireUtf8();
          case 4 -> tags.add(in.readStringRequireUtf8());
          case 5 -> text = in.readStringRequireUtf8();
          default -> in.skipField(tag);
        }
      }
      return new Article(id, title, author, tags, text);
    }
  }
}
