package io.perdure.api.scf.wire;

import static io.perdure.api.scf.wire.Field.base64;
import static io.perdure.api.scf.wire.Field.bool;
import static io.perdure.api.scf.wire.Field.decimal;
import static io.perdure.api.scf.wire.Field.flag;
import static io.perdure.api.scf.wire.Field.integer;
import static io.perdure.api.scf.wire.Field.object;
import static io.perdure.api.scf.wire.Field.objects;
import static io.perdure.api.scf.wire.Field.text;
import static io.perdure.api.scf.wire.Field.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.Received;
import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same table read from JSON and from a flattened query. */
class ShapeTest {
  private static final Shape CODE = Shape.of(base64("ZipFile").code("ZipFileBase64"), text("Cos"));
  private static final Shape RETRY = Shape.of(integer("RetryNum").required().between(0, 2));
  private static final Shape CONFIG =
      Shape.of(objects("RetryConfig", RETRY).required().atMost(3), integer("MsgTTL"));
  private static final Shape SHAPE =
      Shape.of(
          text("Name").required().code("Name").length(2, 10),
          integer("Limit").between(1, 100),
          decimal("Weight"),
          bool("Grace"),
          flag("Trace"),
          texts("Status").oneOf("RUNNING", "FAILED").atMost(2),
          object("Code", CODE),
          object("Config", CONFIG));

  @Test
  void argumentsOfEveryTypeAreReadFromJson() {
    check(
        json(
            """
            {"Name":"abc","Limit":7,"Weight":0.5,"Grace":true,"Trace":"FALSE",
             "Status":["FAILED","RUNNING"],"Code":{"ZipFile":"AQID","Cos":null},
             "Config":{"RetryConfig":[{"RetryNum":1},{"RetryNum":2}],"MsgTTL":60}}"""));
  }

  @Test
  void argumentsOfEveryTypeAreReadFromAQueryInAnyOrder() {
    check(
        query(
            "Config.RetryConfig.1.RetryNum=2&Status.1=RUNNING&Name=abc&Limit=7&Weight=0.5"
                + "&Grace=true&Trace=FALSE&Status.0=FAILED&Code.ZipFile=AQID&Config.MsgTTL=60"
                + "&Config.RetryConfig.0.RetryNum=1&Action=X&Nonce=1&RequestClient=me"));
  }

  private static void check(Args args) {
    assertEquals("abc", args.text("Name"));
    assertEquals(7, args.integer("Limit", 0));
    assertEquals(0.5, args.decimal("Weight", 0));
    assertTrue(args.bool("Grace", false));
    assertFalse(args.flag("Trace", true));
    assertEquals(List.of("FAILED", "RUNNING"), args.texts("Status"));
    assertArrayEquals(new byte[] {1, 2, 3}, args.object("Code").bytes("ZipFile"));
    assertFalse(args.object("Code").has("Cos"));
    Args config = args.object("Config");
    assertEquals(60, config.integer("MsgTTL", 0));
    assertEquals(
        List.of(1L, 2L),
        config.objects("RetryConfig").stream().map(r -> r.integer("RetryNum", 0)).toList());
  }

  @Test
  void booleansOfAQueryMayBeWrittenAsPythonDoes() {
    Shape shape = Shape.of(bool("Grace"));
    assertTrue(flat("Grace=True").args(shape).bool("Grace", false));
    assertFalse(flat("Grace=False").args(shape).bool("Grace", true));
  }

  @Test
  void moreThanTenElementsOfAQueryAreInTheOrderOfTheirIndexes() {
    Shape shape = Shape.of(texts("T").atMost(20));
    String query =
        java.util.stream.IntStream.range(0, 12)
            .mapToObj(i -> "T." + i + "=" + i)
            .collect(Collectors.joining("&"));
    List<String> read = flat(query).args(shape).texts("T");
    assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"), read);
  }

  @Test
  void whatIsAbsentHasTheValueThatTheActionChooses() {
    Args args = json("{'Name':'abc'}");
    assertEquals("x", args.text("Other", "x"));
    assertEquals(20, args.integer("Limit", 20));
    assertTrue(args.flag("Trace", true));
    assertEquals(List.of(), args.texts("Status"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | MissingParameter | `Name`",
        "{'Name':null} | MissingParameter | `Name`",
        "{'Name':'abc','Config':{}} | MissingParameter | `Config.RetryConfig`",
        "{'Name':'abc','Config':{'RetryConfig':[{}]}} | MissingParameter | `Config.RetryConfig.0.RetryNum`",
        "{'name':'abc'} | UnknownParameter | `name`",
        "{'Name':'abc','Code':{'Zip':''}} | UnknownParameter | `Code.Zip`",
        "{'Name':5} | InvalidParameter | `Name`",
        "{'Name':'abc','Limit':'7'} | InvalidParameter | `Limit`",
        "{'Name':'abc','Limit':1.5} | InvalidParameter | `Limit`",
        "{'Name':'abc','Limit':99999999999999999999} | InvalidParameter | `Limit`",
        "{'Name':'abc','Grace':'true'} | InvalidParameter | `Grace`",
        "{'Name':'abc','Status':'FAILED'} | InvalidParameter | `Status`",
        "{'Name':'abc','Status':['FAILED','FAILED','FAILED']} | InvalidParameter | `Status`",
        "{'Name':'abc','Status':[1]} | InvalidParameter | `Status.0`",
        "{'Name':'abc','Config':[]} | InvalidParameter | `Config`",
        "{'Name':'a'} | InvalidParameterValue.Name | `Name`",
        "{'Name':'abc','Limit':0} | InvalidParameterValue | `Limit`",
        "{'Name':'abc','Trace':'true'} | InvalidParameterValue | `Trace`",
        "{'Name':'abc','Status':['DONE']} | InvalidParameterValue | `Status.0`",
        "{'Name':'abc','Code':{'ZipFile':'*'}} | InvalidParameterValue.ZipFileBase64 | `Code.ZipFile`",
        "{'Name':'abc','Code':{'ZipFile':7}} | InvalidParameter | `Code.ZipFile`",
        "{'Name':'a','nope':1} | UnknownParameter | `nope`",
        "[] | InvalidParameter | object",
        "{'Name':'abc' | InvalidParameter | line 1",
        "{'Name':'abc'} {} | InvalidParameter | behind",
        "{'Name':'abc','Name':'abc'} | InvalidParameter | not valid JSON",
      })
  void badJsonIsRefusedNamingWhatIsWrong(String json, String code, String named) {
    refused(code, named, () -> json(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Limit=1 | MissingParameter | `Name`",
        "Name=abc&limit=1 | UnknownParameter | `limit`",
        "Name=abc&Limit= | InvalidParameter | `Limit`",
        "Name=abc&Limit=1x | InvalidParameter | `Limit`",
        "Name=abc&Limit=9999999999999999999 | InvalidParameter | `Limit`",
        "Name=abc&Weight=NaN | InvalidParameter | `Weight`",
        "Name=abc&Grace=TRUE | InvalidParameter | `Grace`",
        "Name=abc&Name=abc | InvalidParameter | `Name`",
        "Name.0=abc | InvalidParameter | `Name.0`",
        "Name=abc&Status=FAILED | InvalidParameter | `Status`",
        "Name=abc&Status.1=FAILED | InvalidParameter | `Status.1`",
        "Name=abc&Status.00=FAILED | InvalidParameter | `Status.00`",
        "Name=abc&Status.x=FAILED | InvalidParameter | `Status.x`",
        "Name=abc&Status.0.a=FAILED | InvalidParameter | `Status.0.a`",
        "Name=abc&Code=x | InvalidParameter | `Code`",
        "Name=abc&Config.RetryConfig.0=1 | InvalidParameter | `Config.RetryConfig.0`",
        "Name=abc&Config.RetryConfig.0.Retry=1 | UnknownParameter | `Config.RetryConfig.0.Retry`",
        "Name=abc&Code.ZipFile=* | InvalidParameterValue.ZipFileBase64 | `Code.ZipFile`",
        "Name=a%2 | InvalidRequest | hexadecimal",
      })
  void badQueryIsRefusedNamingWhatIsWrong(String query, String code, String named) {
    refused(code, named, () -> query(query));
  }

  @Test
  void whateverIsSentToAnActionWithoutATableIsPassedOver() {
    assertFalse(json(Shape.ANYTHING, "{'A':{'B':1}}").has("A"));
    assertFalse(flat("A.B=1").args(Shape.ANYTHING).has("A"));
  }

  @Test
  void shapeWithBytesAnywhereTakesLargeBodies() {
    assertTrue(SHAPE.takesBytes());
    assertFalse(CONFIG.takesBytes());
  }

  private static void refused(
      String code, String named, org.junit.jupiter.api.function.Executable read) {
    ScfError error = assertThrows(ScfError.class, read);
    assertEquals(code, error.code(), error::getMessage);
    assertTrue(error.getMessage().contains(named), error::getMessage);
  }

  private static Args json(String json) {
    return json(SHAPE, json);
  }

  private static Args json(Shape shape, String json) {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .addAll(Map.of("Content-Type", "application/json; charset=utf-8", "X-TC-Action", "X"));
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return ScfRequest.of(new Received("POST", "/", null, headers, body)).args(shape);
  }

  private static Args query(String query) {
    return flat(query).args(SHAPE);
  }

  private static ScfRequest flat(String query) {
    MultiMap none = MultiMap.caseInsensitiveMultiMap();
    return ScfRequest.of(new Received("GET", "/", query, none, new byte[0]));
  }

  @Test
  void formIsReadLikeAQuery() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    byte[] body = ("Name=" + URLEncoder.encode("ä+ &", UTF_8)).getBytes(UTF_8);
    ScfRequest request = ScfRequest.of(new Received("POST", "/", null, headers, body));
    assertEquals("ä+ &", request.args(SHAPE).text("Name"));
  }
}
