package io.perdure.api.scf.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.AsyncEventStatus;
import com.tencentcloudapi.scf.v20180416.models.Code;
import com.tencentcloudapi.scf.v20180416.models.CreateFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.CreateNamespaceRequest;
import com.tencentcloudapi.scf.v20180416.models.GetAsyncEventStatusRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionResponse;
import com.tencentcloudapi.scf.v20180416.models.InvokeFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeRequest;
import com.tencentcloudapi.scf.v20180416.models.Result;
import io.perdure.testkit.Zips;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.function.Executable;

/** What an application of the cloud does over and over. */
final class Customer {
  static final String TIME = "\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}";
  static final String TIME_MILLIS = TIME + "\\.\\d{3}";

  /** Python that returns its event. */
  static final String ECHO =
      """
      def main_handler(event, context):
          print("got", event)
          return event
      """;

  /** Python that always fails. */
  static final String BROKEN =
      """
      def main_handler(event, context):
          raise ValueError("no good")
      """;

  /** Python that waits at the {@link io.perdure.testkit.Gate} its event is from. */
  static final String GATED =
      """
      import os, socket
      def main_handler(event, context):
          s = socket.create_connection(("127.0.0.1", event["port"]))
          s.recv(1)
          return "released"
      """;

  private final ScfNode node;
  private final ScfClient client;

  Customer(ScfNode node) {
    this.node = node;
    this.client = node.client();
  }

  ScfClient client() {
    return client;
  }

  /** The refusal with that code, which has to come. */
  static TencentCloudSDKException refused(String code, Executable call) {
    TencentCloudSDKException refusal = assertThrows(TencentCloudSDKException.class, call);
    assertEquals(code, refusal.getErrorCode(), refusal::toString);
    assertFalse(refusal.getRequestId().isBlank(), "an error without RequestId");
    assertFalse(refusal.getMessage().isBlank(), "an error without Message");
    return refusal;
  }

  /** A zip with these paths and texts in turn, in Base64. */
  static String zip(String... pathsAndTexts) {
    Zips zip = Zips.zip();
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      zip.file(pathsAndTexts[i], pathsAndTexts[i + 1]);
    }
    return Base64.getEncoder().encodeToString(zip.bytes());
  }

  /** {@code Code} with a file {@code index.py}. */
  static Code code(String python) {
    return Models.of(Code.class, "ZipFile", zip("index.py", python));
  }

  /** What makes a function of Python; {@code more} are further fields and values in turn. */
  static CreateFunctionRequest function(String name, String python, Object... more) {
    return request(name, code(python), "Python3.7", more);
  }

  /** The same of JavaScript. */
  static CreateFunctionRequest javascript(String name, String text, Object... more) {
    return request(
        name, Models.of(Code.class, "ZipFile", zip("index.js", text)), "Nodejs16.13", more);
  }

  private static CreateFunctionRequest request(
      String name, Code code, String runtime, Object... more) {
    List<Object> fields =
        new ArrayList<>(
            List.of(
                "FunctionName",
                name,
                "Code",
                code,
                "Runtime",
                runtime,
                "Handler",
                "index.main_handler"));
    fields.addAll(Arrays.asList(more));
    return Models.of(CreateFunctionRequest.class, fields.toArray());
  }

  /** Makes a function of Python that is ready; its name. */
  String create(String name, String python, Object... more) throws TencentCloudSDKException {
    String fresh = node.fresh(name);
    assertNotNull(client.CreateFunction(function(fresh, python, more)).getRequestId());
    return fresh;
  }

  /** Makes a namespace; its name. */
  String namespace(String name) throws TencentCloudSDKException {
    String fresh = node.fresh(name);
    client.CreateNamespace(Models.of(CreateNamespaceRequest.class, "Namespace", fresh));
    return fresh;
  }

  /** {@code GetFunction} in namespace {@code default}. */
  GetFunctionResponse get(String name, Object... more) throws TencentCloudSDKException {
    return client.GetFunction(with(GetFunctionRequest.class, name, more));
  }

  /** {@code InvokeFunction} of {@code $DEFAULT}, waited for. */
  Result call(String name, String event, Object... more) throws TencentCloudSDKException {
    InvokeFunctionRequest request = with(InvokeFunctionRequest.class, name, more);
    request.setEvent(event);
    return client.InvokeFunction(request).getResult();
  }

  /** {@code Invoke}, waited for. */
  Result invoke(String name, String event, Object... more) throws TencentCloudSDKException {
    InvokeRequest request = with(InvokeRequest.class, name, more);
    request.setClientContext(event);
    return client.Invoke(request).getResult();
  }

  /** {@code Invoke} with type {@code Event}; the id. */
  String event(String name, String event, Object... more) throws TencentCloudSDKException {
    InvokeRequest request = with(InvokeRequest.class, name, more);
    request.setInvocationType("Event");
    request.setClientContext(event);
    return client.Invoke(request).getResult().getFunctionRequestId();
  }

  /** {@code GetAsyncEventStatus}. */
  AsyncEventStatus status(String id) throws TencentCloudSDKException {
    return client.GetAsyncEventStatus(
            Models.of(GetAsyncEventStatusRequest.class, "InvokeRequestId", id))
        .getResult();
  }

  /** {@code GetAsyncEventStatus} once the event has ended. */
  AsyncEventStatus ended(String id) throws TencentCloudSDKException {
    node.nativeApi().ended(id);
    return status(id);
  }

  /** A request with {@code FunctionName} and further fields. */
  static <M extends com.tencentcloudapi.common.AbstractModel> M with(
      Class<M> type, String function, Object... more) {
    List<Object> fields = new ArrayList<>(List.of("FunctionName", function));
    fields.addAll(Arrays.asList(more));
    return Models.of(type, fields.toArray());
  }

  static void assertTime(String time) {
    assertNotNull(time);
    assertEquals(true, time.matches(TIME), time);
  }
}
