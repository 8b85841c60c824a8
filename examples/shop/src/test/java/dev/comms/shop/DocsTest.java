package dev.comms.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README and the documentation show is compiled: each Java block is a tagged region. */
class DocsTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\s*?\\n(.*?)^```\\s*?$");
  private static final Pattern REGION =
      Pattern.compile("(?ms)^ *// tag::(\\w+)\\[]\\n(.*?)^ *// end::\\1\\[]");

  @Test
  void everyJavaBlockOfTheDocumentationIsATaggedRegionOfACompiledSource() throws IOException {
    Path root = root();
    List<String> regions = regions(root.resolve("examples/shop/src/main/java"));
    regions.addAll(regions(root.resolve("examples/unit-tests/src/test/java")));
    regions.addAll(regions(root.resolve("torture/src/test/java")));
    Map<String, String> blocks = blocks(root);

    assertThat(blocks).as("Java blocks in README.md and docs/*.md").isNotEmpty();
    blocks.forEach((where, block) -> assertThat(regions).as(where).contains(block));
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(at.resolve("docs/README.md"))) {
      at = at.getParent();
      assertThat(at).as("a folder above this one with docs/README.md").isNotNull();
    }
    return at;
  }

  private static Map<String, String> blocks(Path root) throws IOException {
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    pages.addAll(files(root.resolve("docs"), ".md"));
    Map<String, String> blocks = new LinkedHashMap<>();
    for (Path page : pages) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        blocks.put(root.relativize(page) + " at " + block.start(), dedented(block.group(1)));
      }
    }
    return blocks;
  }

  private static List<String> regions(Path sources) throws IOException {
    List<String> regions = new ArrayList<>();
    for (Path source : files(sources, ".java")) {
      Matcher region = REGION.matcher(Files.readString(source));
      while (region.find()) {
        regions.add(dedented(region.group(2)));
      }
    }
    return regions;
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /** Without the indentation that all lines share, and without blank lines around it. */
  private static String dedented(String text) {
    return text.stripTrailing().stripIndent().strip();
  }
}
