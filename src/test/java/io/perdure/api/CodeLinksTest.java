package io.perdure.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Bus;
import io.perdure.invocation.CodeRef;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CodeLinksTest {
  private static final CodeRef CODE = new CodeRef("0f".repeat(32), 3, "1");

  private final Vertx vertx = Vertx.vertx();
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Bus bus = Bus.install(vertx);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private int status(CodeLinks links, String url) {
    Router router = Router.router(vertx);
    links.mount(router);
    HttpServer server =
        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
    URI uri = URI.create(url);
    // HEAD, so that the package itself need not be there.
    return vertx
        .createHttpClient()
        .request(
            HttpMethod.HEAD,
            server.actualPort(),
            "127.0.0.1",
            uri.getRawPath() + "?" + uri.getRawQuery())
        .compose(request -> request.send())
        .await()
        .statusCode();
  }

  @Test
  void aLinkIsOnTheHostThatTheCallerUsed() {
    String link = new CodeLinks(bus, clock, accounts("one")).to(CODE, "scf.example.org:9000");

    assertEquals("scf.example.org:9000", URI.create(link).getAuthority());
  }

  @Test
  void aLinkIsFollowedForTenMinutes() {
    CodeLinks links = new CodeLinks(bus, clock, accounts("one"));
    String link = links.to(CODE, "localhost");

    clock.advance(Duration.ofSeconds(599));
    assertEquals(200, status(links, link));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(403, status(links, link));
  }

  @Test
  void aLinkIsFollowedByAnyNodeWithTheSameAccounts() {
    String link = new CodeLinks(bus, clock, accounts("one", "two")).to(CODE, "localhost");

    assertEquals(200, status(new CodeLinks(bus, clock, accounts("two", "one")), link));
    assertEquals(403, status(new CodeLinks(bus, clock, accounts("one", "three")), link));
    assertEquals(403, status(new CodeLinks(bus, clock, accounts("one")), link));
  }

  private static Accounts accounts(String... secrets) {
    Accounts.Builder all = Accounts.builder();
    for (String secret : secrets) {
      all.add(
          new Account("of-" + secret, secret, List.of(new AccessKey("id-" + secret, secret))),
          List.of("token-" + secret));
    }
    return all.build();
  }
}
