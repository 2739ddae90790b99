package io.perdure.store;

import io.perdure.journal.Family;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * {@link Verify} of the code packages: the bytes of each have the hash they are kept under, and no
 * others are there. One pass, in the order of the keys. One thread.
 */
final class VerifyCode {
  private final Store store;
  private final Verify.Findings findings;
  private final MessageDigest digest = sha256();
  private final Set<String> records = new HashSet<>();
  private final Set<String> unfinished = new HashSet<>();

  /** Whose pieces were seen, and whether they are those that the hash says. */
  private final Map<String, Boolean> pieces = new HashMap<>();

  private byte[] at;
  private int next;
  private boolean gap;

  VerifyCode(Store store, Verify.Findings findings) {
    this.store = store;
    this.findings = findings;
  }

  void run() {
    if (!store.has(Family.CODE)) {
      return;
    }
    long entries = 0;
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(Family.CODE, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        entries++;
        entry(scan.key(), scan);
      }
    }
    endPackage();
    findings.entries(Family.CODE, entries);
    compare();
  }

  private void entry(byte[] key, StoreReader.Scan scan) {
    byte[] hash = Keys.codeHash(key);
    if (Keys.isCodePiece(key)) {
      piece(hash, Keys.codePieceNumber(key), scan.value());
    } else if (Keys.isCode(key)) {
      records.add(HexFormat.of().formatHex(hash));
    } else if (Keys.isCodeUnfinished(key)) {
      unfinished.add(HexFormat.of().formatHex(hash));
    }
  }

  private void piece(byte[] hash, int number, byte[] bytes) {
    if (!Arrays.equals(at, hash)) {
      endPackage();
      at = hash;
      next = 0;
      gap = false;
    }
    gap |= number != next++;
    digest.update(bytes);
  }

  private void endPackage() {
    if (at != null) {
      boolean same = Arrays.equals(digest.digest(), at); // resets it
      pieces.put(HexFormat.of().formatHex(at), same && !gap);
    }
  }

  private void compare() {
    for (String hash : records) {
      if (!pieces.getOrDefault(hash, false)) {
        findings.problem("code package " + hash + ": its bytes are not those it is named after");
      }
    }
    for (String hash : pieces.keySet()) {
      if (!records.contains(hash) && !unfinished.contains(hash)) {
        findings.problem("code package " + hash + " does not exist, and has bytes");
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
