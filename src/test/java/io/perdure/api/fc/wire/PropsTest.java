package io.perdure.api.fc.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PropsTest {
  private static Props props(String json) {
    return Props.read(json.replace('\'', '"').getBytes(UTF_8));
  }

  private static void refuses(String expected, String json, Function<Props, Object> getter) {
    FcError error = assertThrows(FcError.class, () -> getter.apply(props(json)));
    assertEquals("InvalidArgument", error.code());
    assertEquals(expected, error.getMessage());
  }

  @Test
  void readsNamesWithoutRegardToCase() {
    Props body = props("{'DestinationConfig':{'OnSuccess':{'DESTINATION':'x'}}}");
    assertEquals("x", body.object("destinationConfig").object("onSuccess").text("destination"));
  }

  @Test
  void keepsTheCaseOfTheKeysOfAMap() {
    assertEquals(
        Map.of("Path", "a", "PATH", "b"),
        props("{'EnvironmentVariables':{'Path':'a','PATH':'b'}}").map("environmentVariables"));
  }

  @Test
  void takesNullForAbsent() {
    Props body = props("{'timeout':null}");
    assertFalse(body.has("timeout"));
    assertNull(body.number("timeout", 1, 2));
    assertNull(body.text("handler"));
    assertNull(body.texts("layers"));
    assertNull(body.map("environmentVariables"));
    assertNull(body.flag("asyncTask"));
    assertNull(body.zip("zipFile"));
  }

  @Test
  void readsEachType() {
    Props body = props("{'a':'t','b':5,'c':true,'d':['x','y']}");
    assertEquals("t", body.text("a"));
    assertEquals(5, body.number("b", 5, 5));
    assertTrue(body.flag("c"));
    assertEquals(List.of("x", "y"), body.texts("d"));
  }

  @Test
  void decodesAPackageWhereverItIsSpelledHow() {
    assertArrayEquals(
        new byte[] {1, 2, 3}, props("{'Code':{'ZipFile':'AQID'}}").object("code").zip("zipFile"));
    assertArrayEquals(new byte[] {1, 2, 3}, props("{'zipFile':'AQID'}").zip("zipFile"));
  }

  @Test
  void namesWhatIsWrongAndWhatWasExpected() {
    refuses(
        "timeout: expected a whole number from 1 to 86400",
        "{'timeout':0}",
        body -> body.number("timeout", 1, 86400));
    refuses(
        "timeout: expected a whole number from 1 to 86400",
        "{'timeout':'3'}",
        body -> body.number("timeout", 1, 86400));
    refuses("handler: expected a string", "{'handler':1}", body -> body.text("handler"));
    refuses("handler: expected it to be given", "{}", body -> body.requireText("handler"));
    refuses("asyncTask: expected true or false", "{'asyncTask':1}", b -> b.flag("asyncTask"));
    refuses("layers: expected a list of strings", "{'layers':[1]}", b -> b.texts("layers"));
    refuses("layers: expected a list of strings", "{'layers':'x'}", b -> b.texts("layers"));
    refuses("env: expected an object of strings", "{'env':{'a':1}}", b -> b.map("env"));
    refuses("env: expected an object of strings", "{'env':[]}", b -> b.map("env"));
    refuses("code: expected an object", "{'code':[]}", b -> b.object("code"));
    refuses(
        "code.zipFile: expected Base64 with its padding (RFC 4648, section 4)",
        "{'code':{'zipFile':'*'}}",
        b -> b);
    refuses(
        "code.zipFile: expected a string of Base64",
        "{'code':{'zipFile':5}}",
        b -> b.object("code").zip("zipFile"));
    refuses(
        "code.mode: expected a string", "{'code':{'mode':5}}", b -> b.object("code").text("mode"));
  }

  @Test
  void readsObjectsInTheirOrderAndSaysWhichOneIsWrong() {
    List<Props> tags = props("{'Tag':[{'Key':'a'},{'key':1}]}").objects("tag");
    assertEquals("a", tags.get(0).text("key"));
    refuses(
        "tag[1].key: expected a string",
        "{'tag':[{},{'key':1}]}",
        b -> b.objects("tag").get(1).text("key"));
    refuses("tag: expected a list of objects", "{'tag':[{},1]}", b -> b.objects("tag"));
    refuses("tag: expected a list of objects", "{'tag':{}}", b -> b.objects("tag"));
    assertNull(props("{}").objects("tag"));
  }

  @Test
  void refusesOnePropertyInTwoSpellings() {
    FcError error = assertThrows(FcError.class, () -> props("{'code':1,'Code':2}"));
    assertTrue(error.getMessage().contains("two spellings"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{", "{'a':1}x", "{'a':1,'a':2}", "{a:1}", "\u0000", "null"})
  void refusesWhatIsNoObject(String json) {
    FcError error = assertThrows(FcError.class, () -> props(json));
    assertEquals("InvalidArgument", error.code());
    assertTrue(error.getMessage().startsWith("the body cannot be read as JSON"));
  }

  @Test
  void refusesBytesThatAreNoText() {
    byte[] broken = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
    assertEquals("InvalidArgument", assertThrows(FcError.class, () -> Props.read(broken)).code());
  }

  @Test
  void refusesDeepNesting() {
    String deep = "{'a':" + "[".repeat(2_000) + "]".repeat(2_000) + "}";
    assertEquals("InvalidArgument", assertThrows(FcError.class, () -> props(deep)).code());
  }
}
