package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.code;
import static io.perdure.api.scf.sdk.Customer.function;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static io.perdure.api.scf.sdk.Customer.zip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.Code;
import com.tencentcloudapi.scf.v20180416.models.CreateFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionAddressRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionAddressResponse;
import com.tencentcloudapi.scf.v20180416.models.PublishVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionCodeRequest;
import io.perdure.testkit.Python;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code UpdateFunctionCode}, {@code GetFunctionAddress}, and packages of all kinds. */
@Timeout(60)
class CodeTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private static final String ANSWER =
      """
      def main_handler(event, context):
          return "%s"
      """;

  private Customer customer;
  private ScfClient scf;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() {
    customer = new Customer(NODE);
    scf = customer.client();
  }

  @Test
  void newCodeAnswersTheNextCall() throws Exception {
    String name = customer.create("renewed", ANSWER.formatted("old"));
    assertEquals("\"old\"", customer.call(name, "{}").getRetMsg());
    update(name, "ZipFile", zip("index.py", ANSWER.formatted("new")));
    assertEquals("\"new\"", customer.call(name, "{}").getRetMsg());
    assertEquals("Active", customer.get(name).getStatus());
    update(name, "Code", code(ANSWER.formatted("newer")), "CodeSource", "ZipFile");
    assertEquals("\"newer\"", customer.call(name, "{}").getRetMsg());
  }

  @Test
  void theHandlerMayChangeWithTheCode() throws Exception {
    String name = customer.create("moved", ECHO);
    String other = "def other_handler(event, context):\n    return 7\n";
    update(name, "Handler", "other.other_handler", "ZipFile", zip("other.py", other));
    assertEquals("7", customer.call(name, "{}").getRetMsg());
    assertEquals("other.other_handler", customer.get(name).getHandler());
  }

  @Test
  void publishedCodeStays() throws Exception {
    String name = customer.create("kept", ANSWER.formatted("one"));
    scf.PublishVersion(with(PublishVersionRequest.class, name));
    update(name, "ZipFile", zip("index.py", ANSWER.formatted("two")), "Publish", "TRUE");
    assertEquals("\"one\"", customer.invoke(name, "{}", "Qualifier", "1").getRetMsg());
    assertEquals("\"two\"", customer.invoke(name, "{}", "Qualifier", "2").getRetMsg());
    assertEquals("\"two\"", customer.invoke(name, "{}").getRetMsg());
  }

  @ParameterizedTest
  @CsvSource({
    "%%%not-base64, InvalidParameterValue.ZipFileBase64BinasciiError",
    "aGVsbG8gd29ybGQ=, InvalidParameterValue.ZipFile",
  })
  void whatIsNoZipIsRefused(String zip, String refusal) throws Exception {
    CreateFunctionRequest request = function("nozip", ECHO);
    request.setCode(Models.of(Code.class, "ZipFile", zip));
    refused(refusal, () -> scf.CreateFunction(request));
    String name = customer.create("haszip", ECHO);
    refused(refusal, () -> update(name, "ZipFile", zip));
    assertEquals("Active", customer.get(name).getStatus());
  }

  @Test
  void codeFromElsewhereIsUnsupported() {
    CreateFunctionRequest cos = function("cos", ECHO);
    cos.setCode(
        Models.of(
            Code.class,
            "CosBucketName",
            "bucket",
            "CosObjectName",
            "/a.zip",
            "CosBucketRegion",
            "ap-guangzhou"));
    assertTrue(
        refused("UnsupportedOperation", () -> scf.CreateFunction(cos))
            .getMessage()
            .contains("ZipFile"));
    CreateFunctionRequest demo = function("demo", ECHO);
    demo.setCode(Models.of(Code.class, "DemoId", "demo-1"));
    refused("UnsupportedOperation", () -> scf.CreateFunction(demo));
  }

  @Test
  void codeIsRequiredForAnUpdate() throws Exception {
    String name = customer.create("without", ECHO);
    refused("MissingParameter.Code", () -> update(name));
    refused("ResourceNotFound.Function", () -> update("nobody", "ZipFile", zip("index.py", ECHO)));
  }

  @Test
  void theEntryFileIsShownWhenAskedFor() throws Exception {
    String name = customer.create("shown", ECHO);
    assertEquals(ECHO, customer.get(name, "ShowCode", "TRUE").getCodeInfo());
    assertEquals("", customer.get(name, "ShowCode", "FALSE").getCodeInfo());
    assertEquals("", customer.get(name).getCodeInfo());
  }

  @Test
  void aPackageCanBeFetchedFromItsAddress() throws Exception {
    String code = zip("index.py", ECHO);
    CreateFunctionRequest request = function(NODE.fresh("fetched"), ECHO);
    request.setCode(Models.of(Code.class, "ZipFile", code));
    scf.CreateFunction(request);
    String name = request.getFunctionName();
    GetFunctionAddressResponse address =
        scf.GetFunctionAddress(with(GetFunctionAddressRequest.class, name));
    HttpResponse<byte[]> zip =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(address.getUrl())).build(),
                BodyHandlers.ofByteArray());
    assertEquals(200, zip.statusCode());
    assertEquals(
        address.getCodeSha256(),
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(zip.body())));
    assertEquals(customer.get(name).getCodeSize(), zip.body().length);
    assertEquals(code, Base64.getEncoder().encodeToString(zip.body()));
    refused(
        "ResourceNotFound.Function",
        () -> scf.GetFunctionAddress(with(GetFunctionAddressRequest.class, "nobody")));
  }

  @Test
  void largePackagesAreTaken() throws Exception {
    ByteArrayOutputStream noise = new ByteArrayOutputStream();
    var random = new java.util.Random(1);
    byte[] bytes = new byte[1 << 20];
    for (int i = 0; i < 15; i++) {
      random.nextBytes(bytes);
      noise.write(bytes);
    }
    byte[] zip =
        io.perdure.testkit.Zips.zip()
            .level(0)
            .file("index.py", ECHO)
            .file("noise.bin", 0644, noise.toByteArray())
            .bytes();
    CreateFunctionRequest request = function(NODE.fresh("large"), ECHO);
    request.setCode(Models.of(Code.class, "ZipFile", Base64.getEncoder().encodeToString(zip)));
    scf.CreateFunction(request);
    assertEquals(zip.length, customer.get(request.getFunctionName()).getCodeSize());
    assertEquals("1", customer.call(request.getFunctionName(), "1").getRetMsg());
  }

  private void update(String name, Object... fields) throws Exception {
    scf.UpdateFunctionCode(with(UpdateFunctionCodeRequest.class, name, fields));
  }
}
