package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.config.DefaultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultsTest {
  @Test
  void shippedFileShowsEverySettingWithItsDefaultAndAComment() throws IOException {
    Path shipped = Path.of("conf", "perdure.json");
    assertEquals(List.of(), DefaultsFile.differences(shipped, NodeConfig::read));
  }
}
