package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;

/** The ids that the cloud gives to resources: here they are made from what a resource is. */
final class Ids {
  private Ids() {}

  /** Always the same for the same {@code parts}, and another one for others. */
  static String of(String... parts) {
    return UUID.nameUUIDFromBytes(String.join("\0", parts).getBytes(UTF_8)).toString();
  }
}
