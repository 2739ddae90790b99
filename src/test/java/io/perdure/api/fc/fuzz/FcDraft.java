package io.perdure.api.fc.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.fc.sign.FcSigner;
import io.perdure.testkit.fuzz.Pair;
import io.perdure.testkit.fuzz.Wired;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request that is not signed yet, so that whatever is changed in it gets past the signature. */
final class FcDraft {
  private static final byte[] NONE = {};
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** How it is signed. */
  enum Signing {
    ACS3,
    FC,
    FC_WITH_QUERY,
    ACS
  }

  Signing signing = Signing.ACS3;
  String method;

  /** As on the wire. */
  String path;

  /** Decoded. */
  final List<Pair> query = new ArrayList<>();

  final List<Pair> headers = new ArrayList<>();
  byte[] body = NONE;
  List<Integer> chunks = List.of();
  Instant signedAt;
  String nonce;
  boolean digest;

  FcDraft(FcSeeds.Seed seed, Instant now) {
    method = seed.method();
    int mark = seed.target().indexOf('?');
    path = mark < 0 ? seed.target() : seed.target().substring(0, mark);
    if (mark >= 0) {
      for (String pair : seed.target().substring(mark + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        query.add(
            new Pair(
                pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8)));
      }
    }
    if (seed.text() != null) {
      body = seed.text().getBytes(UTF_8);
      headers.add(new Pair("Content-Type", "application/json"));
    }
    for (String header : seed.headers()) {
      int colon = header.indexOf(':');
      headers.add(new Pair(header.substring(0, colon), header.substring(colon + 1).strip()));
    }
    signedAt = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** The request with a signature of what is sent. */
  Wired signed(String host, String keyId, String secret) {
    String queryText = encoded(query);
    Wired wired =
        new Wired(method, queryText.isEmpty() ? path : path + "?" + queryText, body, chunks);
    wired.headers.add(new Pair("Host", host));
    wired.headers.addAll(headers);
    if (signing == Signing.ACS3) {
      wired.headers.add(new Pair("x-acs-date", signedAt.toString()));
      wired.headers.add(new Pair("x-acs-content-sha256", FcSigner.sha256(body)));
      wired.headers.add(new Pair("x-acs-signature-nonce", nonce));
    } else {
      wired.headers.add(new Pair("Date", DATE.format(signedAt)));
      if (digest) {
        wired.headers.add(new Pair("Content-MD5", FcSigner.md5(body)));
      }
    }
    if (signing == Signing.ACS) {
      wired.headers.add(new Pair("x-acs-signature-nonce", nonce));
    }
    Map<String, String> all = new HashMap<>();
    wired.headers.forEach(
        header -> all.put(header.name().toLowerCase(Locale.ROOT), header.value().strip()));
    wired.headers.add(new Pair("Authorization", authorization(keyId, secret, all)));
    return wired;
  }

  private String authorization(String keyId, String secret, Map<String, String> all) {
    List<Pair> sorted =
        query.stream().sorted(Comparator.comparing(Pair::name).thenComparing(Pair::value)).toList();
    return switch (signing) {
      case ACS3 -> {
        List<String> names =
            all.keySet().stream()
                .filter(name -> name.matches("host|content-type|x-acs-.*"))
                .sorted()
                .toList();
        yield FcSigner.acs3(keyId, secret, method, path, encoded(sorted), names, all);
      }
      case FC -> FcSigner.fc(keyId, secret, method, decodedPath(), all);
      case FC_WITH_QUERY -> {
        List<String> lines =
            query.stream().map(pair -> bytes(pair.name() + "=" + pair.value())).sorted().toList();
        yield FcSigner.fc(keyId, secret, method, path + "\n" + String.join("\n", lines), all);
      }
      case ACS -> {
        List<String> pairs =
            sorted.stream().map(pair -> bytes(pair.name() + "=" + pair.value())).toList();
        String text = pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
        yield FcSigner.acs(keyId, secret, method, path + text, all);
      }
    };
  }

  private String decodedPath() {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  /** Its bytes, a character each. */
  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static String encoded(List<Pair> pairs) {
    StringBuilder text = new StringBuilder();
    for (Pair pair : pairs) {
      text.append(text.isEmpty() ? "" : "&")
          .append(encode(pair.name()))
          .append('=')
          .append(encode(pair.value()));
    }
    return text.toString();
  }

  /** Encodes by RFC 3986. */
  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
