package io.perdure.api.fc.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.aliyun.tea.TeaException;
import com.aliyuncs.fc.exceptions.ClientException;
import com.aliyuncs.fc.exceptions.ServerException;
import io.perdure.testkit.Zips;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** What an application of the cloud does over and over. */
final class Customer {
  static final String TIME = "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z";

  /** Python that returns its event. */
  static final String ECHO =
      """
      def handler(event, context):
          print("got", event)
          return event
      """;

  /** Python that always fails. */
  static final String BROKEN =
      """
      def handler(event, context):
          raise ValueError("no good")
      """;

  /** Python that waits at the {@link io.perdure.testkit.Gate} its event is from. */
  static final String GATED =
      """
      import json, socket
      def handler(event, context):
          s = socket.create_connection(("127.0.0.1", json.loads(event)["port"]))
          s.recv(1)
          return "released"
      """;

  private Customer() {}

  /** A zip with {@code index.py}. */
  static byte[] zip(String python) {
    return Zips.of("index.py", python);
  }

  /** The same in Base64. */
  static String zipFile(String python) {
    return Base64.getEncoder().encodeToString(zip(python));
  }

  /** The refusal with that code, which has to come; from whichever SDK. Gives its message. */
  static String refused(String code, Executable call) {
    RuntimeException refusal = assertThrows(RuntimeException.class, call);
    if (refusal instanceof TeaException e) {
      assertEquals(code, e.getCode(), e::getMessage);
      assertTrue(e.getData().containsKey("RequestId"), () -> e.getData().toString());
    } else if (refusal instanceof ClientException e) {
      assertEquals(code, e.getErrorCode(), e::getMessage);
      assertFalse(e.getRequestId().isBlank(), "an error without the request's id");
    } else if (refusal instanceof ServerException e) {
      assertEquals(code, e.getErrorCode(), e::getMessage);
      assertFalse(e.getRequestId().isBlank(), "an error without the request's id");
    } else {
      throw refusal;
    }
    assertFalse(refusal.getMessage().isBlank(), "an error without a message");
    return refusal.getMessage();
  }

  /** A test that the call is refused for good, with a word on what to use instead. */
  static DynamicTest unsupported(String operation, Executable call) {
    return dynamicTest(
        operation.toLowerCase(Locale.ROOT) + " has no place here",
        () -> {
          String message = refused("NotImplemented", call);
          assertTrue(message.length() > 20, message);
        });
  }
}
