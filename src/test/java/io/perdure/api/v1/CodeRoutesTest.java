package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.router.Answers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Code on its way in and out, and uploads in parts. */
class CodeRoutesTest {
  private static final String FUNCTIONS = "/v1/namespaces/default/functions/";
  private static final String PYTHON =
      "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\"}}";

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void codeComesAndGoesAsItIs() {
    function("whole");
    byte[] zip = zip(1_300_000);
    Answer put = put("whole", BodyPublishers.ofByteArray(zip)).expect(200);
    assertEquals("\"2\"", put.header("etag"));
    assertEquals(zip.length, put.json().at("/code/bytes").asInt());
    Answer got = SERVER.http().get(FUNCTIONS + "whole/code").expect(200);
    assertArrayEquals(zip, got.body());
    assertEquals("application/zip", got.header("content-type"));
    assertEquals(Integer.toString(zip.length), got.header("content-length"));
    assertEquals("\"" + ServedPackages.sha256(zip) + "\"", got.header("etag"));
    SERVER.http().get(FUNCTIONS + "whole/code", "If-None-Match", got.header("etag")).expect(304);
    Answer head =
        SERVER.http().send("HEAD", FUNCTIONS + "whole/code", BodyPublishers.noBody()).expect(200);
    assertEquals(Integer.toString(zip.length), head.header("content-length"));
  }

  @Test
  void codeOfUnknownLengthIsHandedOnInPieces() {
    function("chunked");
    byte[] zip = zip(1_300_000);
    int before = SERVER.packages.pieces.size();
    put("chunked", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(zip))).expect(200);
    List<Integer> pieces = SERVER.packages.pieces.subList(before, SERVER.packages.pieces.size());
    assertEquals(List.of(524_288, 524_288, 251_424), pieces);
    assertArrayEquals(zip, SERVER.http().get(FUNCTIONS + "chunked/code").expect(200).body());
  }

  @Test
  void bodyWaitsUntilItsPiecesAreTaken() {
    function("slow");
    byte[] zip = zip(2_000_000);
    Promise<Void> gate = Promise.promise();
    SERVER.packages.gate = gate.future();
    int before = SERVER.packages.pieces.size();
    CompletableFuture<Answer> put =
        CompletableFuture.supplyAsync(() -> put("slow", BodyPublishers.ofByteArray(zip)));
    Answers.until("upload shows", () -> uploading(zip.length));
    assertEquals(before, SERVER.packages.pieces.size());
    gate.complete();
    SERVER.packages.gate = Future.succeededFuture();
    put.join().expect(200);
    assertArrayEquals(zip, SERVER.http().get(FUNCTIONS + "slow/code").expect(200).body());
  }

  private static boolean uploading(long expected) {
    for (JsonNode upload : SERVER.http().get("/v1/uploads").expect(200).json().path("uploads")) {
      if (upload.path("expected").asLong() == expected) {
        assertEquals("receiving", upload.path("state").asText());
        return true;
      }
    }
    return false;
  }

  @Test
  void otherSettingsStayWhenCodeIsPut() {
    SERVER
        .http()
        .json(
            "PUT",
            FUNCTIONS + "tuned",
            "{\"description\":\"d\",\"timeoutMs\":7,\"paused\":true," + PYTHON.substring(1))
        .expect(201);
    JsonNode json = put("tuned", BodyPublishers.ofByteArray(zip(10))).expect(200).json();
    assertEquals("d", json.path("description").asText());
    assertEquals(7, json.path("timeoutMs").asInt());
    assertTrue(json.path("paused").asBoolean());
  }

  @Test
  void revisionsGuardCode() {
    function("guarded");
    put("guarded", BodyPublishers.ofByteArray(zip(10)), "If-Match", "\"7\"")
        .problem(412, "precondition-failed");
    put("guarded", BodyPublishers.ofByteArray(zip(10)), "If-Match", "\"1\"").expect(200);
    put("guarded", BodyPublishers.ofByteArray(zip(10)), "If-None-Match", "*")
        .problem(400, "invalid");
  }

  @Test
  void badCodeIsRefusedAndForgotten() {
    function("bad");
    int uploads = SERVER.packages.uploads.size();
    put("bad", BodyPublishers.ofString("no zip")).problem(400, "invalid");
    put("bad", BodyPublishers.noBody()).problem(400, "invalid");
    put("bad", BodyPublishers.ofByteArray(zip(ServedPackages.BYTES_MAX + 1)))
        .problem(413, "too-large");
    put("bad", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(zip(5_000_000))))
        .problem(413, "too-large");
    assertEquals(uploads, SERVER.packages.uploads.size());
    put("nobody", BodyPublishers.ofByteArray(zip(10))).problem(404, "not-found");
  }

  @Test
  void callerWhoGoesAwayLeavesNoUpload() throws Exception {
    function("gone");
    int uploads = SERVER.packages.uploads.size();
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(
          "PUT "
              + FUNCTIONS
              + "gone/code HTTP/1.1\r\nHost: x\r\n"
              + RawHttp.AUTHORIZATION
              + "Content-Length: 4321\r\n\r\nPK");
      Answers.until("upload begins", () -> uploading(4_321));
    }
    Answers.until("upload is forgotten", () -> SERVER.packages.uploads.size() == uploads);
  }

  @Test
  void uploadInPartsBecomesCode() {
    byte[] zip = zip(1_000_000);
    Answer begun = SERVER.http().post("/v1/uploads", "{\"bytes\":1000000}").expect(201);
    String upload = begun.header("location");
    assertEquals("receiving", begun.json().path("state").asText());
    assertEquals(1_000_000, begun.json().path("expected").asInt());
    Answer part = add(upload, 0, Arrays.copyOf(zip, 600_000)).expect(200);
    assertEquals(600_000, part.json().path("received").asInt());
    assertEquals(600_000, SERVER.http().get(upload).expect(200).json().path("received").asInt());
    add(upload, 600_000, Arrays.copyOfRange(zip, 600_000, zip.length)).expect(200);
    String id = begun.json().path("id").asText();
    String body = PYTHON.replace("}}", "},\"code\":{\"upload\":\"" + id + "\"}}");
    SERVER.http().json("PUT", FUNCTIONS + "parts", body).problem(409, "conflict");
    JsonNode finished = SERVER.http().post(upload + "/finish", "").expect(200).json();
    assertEquals("finished", finished.path("state").asText());
    assertEquals(ServedPackages.sha256(zip), finished.at("/code/sha256").asText());
    SERVER.http().json("PUT", FUNCTIONS + "parts", body).expect(201);
    assertArrayEquals(zip, SERVER.http().get(FUNCTIONS + "parts/code").expect(200).body());
    SERVER.http().json("DELETE", upload, "").expect(204);
    SERVER.http().get(upload).problem(404, "not-found");
  }

  @Test
  void wrongOffsetIsToldTheRightOne() {
    String upload = SERVER.http().post("/v1/uploads", "").expect(201).header("location");
    assertTrue(SERVER.http().get(upload).json().path("expected").isNull());
    add(upload, 0, zip(10)).expect(200);
    JsonNode problem = add(upload, 0, zip(10)).problem(409, "conflict");
    assertTrue(problem.path("detail").asText().contains("Upload-Offset: 10"), problem::toString);
    assertEquals(10, SERVER.http().get(upload).json().path("received").asInt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "", "99999999999999999999"})
  void offsetIsChecked(String offset) {
    String upload = SERVER.http().post("/v1/uploads", "").expect(201).header("location");
    JsonNode problem =
        SERVER
            .http()
            .send("PATCH", upload, BodyPublishers.ofString("PK"), "Upload-Offset", offset)
            .problem(400, "invalid");
    assertEquals("Upload-Offset", problem.path("field").asText());
  }

  @Test
  void uploadsOfAnotherAccountAreNotSeen() {
    String upload = SERVER.http().post("/v1/uploads", "").expect(201).header("location");
    HttpCalls other = SERVER.http(ApiServer.OTHER_TOKEN);
    other.get(upload).problem(404, "not-found");
    other.post(upload + "/finish", "").problem(404, "not-found");
    other.json("DELETE", upload, "").problem(404, "not-found");
    assertEquals(0, other.get("/v1/uploads").json().path("uploads").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"bytes\":-1} | $.bytes",
        "{\"bytes\":\"5\"} | $.bytes",
        "{\"size\":5} | $.size",
        "[] | $",
      })
  void newUploadsAreRefusedByField(String body, String field) {
    JsonNode problem = SERVER.http().post("/v1/uploads", body).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText());
  }

  private static void function(String name) {
    SERVER.http().json("PUT", FUNCTIONS + name, PYTHON).expect(201);
  }

  private static Answer put(String name, BodyPublisher zip, String... headers) {
    return SERVER.http().send("PUT", FUNCTIONS + name + "/code", zip, headers);
  }

  private static Answer add(String upload, int offset, byte[] bytes) {
    return SERVER
        .http()
        .send(
            "PATCH",
            upload,
            BodyPublishers.ofByteArray(bytes),
            "Upload-Offset",
            Integer.toString(offset));
  }

  private static byte[] zip(int bytes) {
    byte[] zip = new byte[bytes];
    new Random(bytes).nextBytes(zip);
    zip[0] = 'P';
    zip[1] = 'K';
    return zip;
  }
}
