package io.perdure.testkit.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways to spoil texts, trees of JSON, bytes and HTTP, whatever they are for. */
public final class Spoil {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final String[] TEXTS = {
    "",
    " ",
    "null",
    "true",
    "TRUE",
    "0",
    "-1",
    "1.5",
    "1e400",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "99999999999999999999999999999999999999",
    "NaN",
    "Infinity",
    "0x10",
    "\u0000",
    "a\u0000b",
    "\r\n",
    "a\r\nX-Injected: 1",
    "\u672a\u547d",
    "\ud83d\ude00",
    "\ud800",
    "\ufeff",
    "$LATEST",
    "$DEFAULT",
    "../../etc/passwd",
    "%s%n",
    "${a}",
    "default",
    "[]",
    "{}",
    "{\"a\":",
    "'",
    "\"",
    "2026-13-45 99:99:99",
    "0000-00-00 00:00:00",
    "+292278994-08-17 07:12:55",
    "* * * * * * *",
    "0 0 0 31 2 * *",
    "0 0 0 1 1 * 1970-9999",
  };

  private static final String[] TYPES = {
    "",
    "application/json;",
    "application/json; charset=utf-16",
    "APPLICATION/JSON",
    "text/plain",
    "application/x-www-form-urlencoded; charset=gbk",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "text/event-stream",
    "application/json, text/plain",
    ";",
    "/",
    "application/x-www-form-urlencoded",
    "application/json",
  };

  private static final String[] METHODS = {
    "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "BREW",
  };

  private Spoil() {}

  /** Doubles a header, which changes nothing, or is refused. */
  public static void doubleHeader(Wired wired, Random random) {
    Pair pair = wired.headers.get(random.nextInt(wired.headers.size()));
    wired.headers.add(random.nextInt(wired.headers.size()), pair);
  }

  /** Spoils bytes, whatever they are. */
  public static byte[] bytes(byte[] bytes, Random random) {
    byte[] spoiled = bytes;
    for (int i = 0; i <= random.nextInt(4); i++) {
      int at = random.nextInt(spoiled.length + 1);
      int length =
          Math.min(spoiled.length - at, 1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 4));
      spoiled =
          switch (random.nextInt(7)) {
            case 0 -> spliced(spoiled, at, at + length, new byte[0]);
            case 1 -> spliced(spoiled, at, at, Arrays.copyOfRange(spoiled, at, at + length));
            case 2 -> spliced(spoiled, at, at, any(TEXTS, random).getBytes(UTF_8));
            case 3 -> spliced(spoiled, at, at, new byte[] {(byte) random.nextInt(256)});
            case 4 -> spliced(spoiled, at, at, new byte[] {(byte) 0xC0, (byte) 0x80, (byte) 0xFF});
            case 5 ->
                spliced(
                    spoiled,
                    at,
                    at,
                    any(new String[] {"\r\n", "\n", "\r", ":", " ", "\t", "\0", ","}, random)
                        .getBytes(ISO_8859_1));
            default ->
                length == 0
                    ? spoiled
                    : spliced(spoiled, at, at + 1, new byte[] {(byte) random.nextInt(256)});
          };
    }
    return spoiled;
  }

  /** Spoils what HTTP itself rests on. */
  public static byte[] http(byte[] request, Random random) {
    String text = new String(request, ISO_8859_1);
    String spoiled =
        switch (random.nextInt(12)) {
          case 0 ->
              text.replaceFirst(
                  "HTTP/1.1",
                  any(
                      new String[] {"HTTP/1.0", "HTTP/2.0", "HTTP/1.2", "http/1.1", "HTTX", ""},
                      random));
          case 1 ->
              text.replaceFirst(
                  "Content-Length: \\d+",
                  "Content-Length: "
                      + any(
                          new String[] {"-1", "0", "1", "99999999999999999999", "abc", "1, 1", ""},
                          random));
          case 2 -> text.replaceFirst("Content-Length: \\d+", "$0\r\n$0");
          case 3 -> text.replaceFirst("Content-Length: \\d+", "$0\r\nContent-Length: 3");
          case 4 -> text.replaceFirst("Content-Length: \\d+", "$0\r\nTransfer-Encoding: chunked");
          case 5 -> text.replaceFirst("\r\n\r\n", "\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n");
          case 6 -> text.replaceFirst("\r\n\r\n", "\r\n" + "X-Many: 1\r\n".repeat(1_000) + "\r\n");
          case 7 -> text.replaceFirst(" /", " /" + "?".repeat(1 + random.nextInt(20_000)));
          case 8 ->
              text.replaceFirst(
                  " /[^ ]*",
                  any(
                      new String[] {
                        " *", " http://a:1/", " //", " /%00", " /%", " ", " /\u00ff", " /?\u00ff"
                      },
                      random));
          case 9 -> "\r\n".repeat(random.nextInt(5)) + text;
          case 10 -> text.replace("\r\n", "\n");
          default ->
              text.replaceFirst(
                  "Host: [^\r]*",
                  any(
                      new String[] {
                        "Host: ",
                        "Host: a b",
                        "X: y",
                        "Host: [::1",
                        "Host: a\r\nHost: b",
                        "Host: :80",
                        "Host: a:99999"
                      },
                      random));
        };
    return spoiled.getBytes(ISO_8859_1);
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    var all = new ByteArrayOutputStream();
    all.write(bytes, 0, from);
    all.writeBytes(between);
    all.write(bytes, to, bytes.length - to);
    return all.toByteArray();
  }

  /** Spoils one place of a tree of JSON. */
  public static void tree(ObjectNode root, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(root, containers);
    JsonNode container = containers.get(random.nextInt(containers.size()));
    if (container instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      if (names.isEmpty() || random.nextInt(6) == 0) {
        object.set(text(random), value(random));
        return;
      }
      String name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(5)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(name + (random.nextBoolean() ? "x" : "\u0000"), object.remove(name));
        case 2 -> object.set(name, NODES.arrayNode().add(object.get(name)));
        default -> object.set(name, value(random));
      }
    } else if (container instanceof ArrayNode array) {
      if (random.nextBoolean() && !array.isEmpty()) {
        array.set(random.nextInt(array.size()), value(random));
      } else {
        for (int i = 0; i < 1 + random.nextInt(1_500); i++) {
          array.add(array.isEmpty() ? value(random) : array.get(0));
        }
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }

  private static JsonNode value(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextInt());
      case 3 -> NODES.numberNode(BigInteger.TWO.pow(1 + random.nextInt(300)));
      case 4 -> NODES.numberNode(random.nextDouble() * 1e30);
      case 5 -> NODES.arrayNode();
      case 6 -> NODES.objectNode();
      case 7 -> nested(1 + random.nextInt(200));
      case 8 -> NODES.textNode("x".repeat(random.nextInt(20_000)));
      default -> NODES.textNode(text(random));
    };
  }

  private static JsonNode nested(int depth) {
    JsonNode node = NODES.numberNode(1);
    for (int i = 0; i < depth; i++) {
      node = i % 2 == 0 ? NODES.arrayNode().add(node) : NODES.objectNode().set("a", node);
    }
    return node;
  }

  /** The tree as text, sometimes with what no tree can hold. */
  public static String text(ObjectNode tree, Random random) {
    String text = tree.toString();
    return switch (random.nextInt(12)) {
      case 0 -> text.substring(0, text.length() - 1) + (tree.isEmpty() ? "" : ",") + doubled(tree);
      case 1 -> text.replaceFirst("\\d+", "1e999999999");
      case 2 -> text.replaceFirst("\\d+", "9".repeat(1 + random.nextInt(3_000)));
      case 3 -> text.replaceFirst("\"[A-Za-z]+\"", "\"\\\\ud800\"");
      case 4 -> "[".repeat(random.nextInt(100_000)) + text;
      default -> text;
    };
  }

  private static String doubled(ObjectNode tree) {
    return tree.isEmpty() ? "}" : tree.toString().substring(1);
  }

  /** Other bytes, made from these. */
  public static byte[] odd(byte[] bytes, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> new byte[0];
      case 1 -> new String(bytes, UTF_8).getBytes(UTF_16LE);
      case 2 -> ("\ufeff" + new String(bytes, UTF_8)).getBytes(UTF_8);
      case 3 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100)); // NULs
      default -> {
        byte[] garbage = new byte[random.nextInt(2_000)];
        random.nextBytes(garbage);
        yield garbage;
      }
    };
  }

  /** Sizes of a few chunks. */
  public static List<Integer> chunks(Random random) {
    return random.ints(1 + random.nextInt(5), 1, 300).boxed().toList();
  }

  /** A text that programs do not expect. */
  public static String text(Random random) {
    return random.nextInt(20) == 0 ? "x".repeat(random.nextInt(9_000)) : any(TEXTS, random);
  }

  /** As {@link #text}, without what would end the header. */
  public static String headerText(Random random) {
    String text = any(TEXTS, random).replaceAll("[\\x00-\\x1f\\x7f]", "");
    return new String(text.getBytes(UTF_8), ISO_8859_1).replaceAll("[\\x00-\\x1f\\x7f]", "");
  }

  /** A content type, not always a good one. */
  public static String contentType(Random random) {
    return any(TYPES, random);
  }

  /** A method of HTTP, not always a good one. */
  public static String method(Random random) {
    return any(METHODS, random);
  }

  /** One of these. */
  public static String any(String[] from, Random random) {
    return from[random.nextInt(from.length)];
  }
}
