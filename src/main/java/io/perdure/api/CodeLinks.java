package io.perdure.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.auth.Accounts;
import io.perdure.bus.Bus;
import io.perdure.invocation.CodeRef;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Links to code packages that whoever has one may follow for a while, without a key: signed with
 * what all nodes with the same accounts know, so that any of them may be asked. All dialects give
 * out the same. Thread-safe.
 */
public final class CodeLinks implements Dialect {
  /** How long a link can be followed. */
  static final Duration LIFE = Duration.ofMinutes(10);

  private static final String PATH = "/code/";
  private static final String HMAC = "HmacSHA256";

  private final Bus bus;
  private final InstantSource clock;
  private final SecretKeySpec key;

  /** Links to what is read over {@code bus}, signed for callers of {@code accounts}. */
  public CodeLinks(Bus bus, InstantSource clock, Accounts accounts) {
    this.bus = bus;
    this.clock = clock;
    key = new SecretKeySpec(accounts.secretOfAll("links to code"), HMAC);
  }

  /**
   * A link.
   *
   * @param host where the caller reached this server, with its port
   */
  public String to(CodeRef code, String host) {
    long expires = clock.instant().plus(LIFE).getEpochSecond();
    return "http://"
        + host
        + PATH
        + code.sha256()
        + ".zip?bytes="
        + code.bytes()
        + "&expires="
        + expires
        + "&sign="
        + sign(code.sha256(), Long.toString(code.bytes()), Long.toString(expires));
  }

  /** Adds the route that links lead to. */
  @Override
  public void mount(Router router) {
    router
        .routeWithRegex(PATH + "(?<sha256>[0-9a-f]{64})\\.zip")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(http -> download(http.request(), http.pathParam("sha256")));
  }

  private void download(HttpServerRequest request, String sha256) {
    String bytes = request.getParam("bytes", "");
    String expires = request.getParam("expires", "");
    byte[] expected = sign(sha256, bytes, expires).getBytes(UTF_8);
    byte[] given = request.getParam("sign", "").getBytes(UTF_8);
    // What is signed was written here, so the numbers are numbers.
    if (!MessageDigest.isEqual(expected, given)) {
      refuse(request, "The link is not as it was given out by this node.");
    } else if (clock.instant().getEpochSecond() >= Long.parseLong(expires)) {
      refuse(request, "The link has expired: ask for another one.");
    } else {
      CodeDownload.send(bus, request, sha256, Long.parseLong(bytes), "code link")
          .onFailure(cause -> Replies.problem(request, Problem.of(cause, "code link")));
    }
  }

  private static void refuse(HttpServerRequest request, String why) {
    Replies.problem(request, Problem.of(403, "forbidden", "Not allowed", why));
  }

  private String sign(String sha256, String bytes, String expires) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      String text = sha256 + "\n" + bytes + "\n" + expires;
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
