package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.config.DefaultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfFileTest {
  @Test
  void theShippedFileShowsEverySettingWithItsDefaultAndAComment() throws IOException {
    assertEquals(
        List.of(), DefaultsFile.differences(Path.of("conf", "perdure.json"), NodeConfig::read));
  }
}
