package io.perdure.api.auth;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.config.Problems;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/**
 * The file accounts are read from, made when there is none. Blocks on the disk: for the start only.
 *
 * <pre>{@code
 * {"accounts": [{"id": "1234567890123456", "name": "dev",
 *                "keys": [{"id": "...", "secret": "..."}], "tokens": ["..."]}]}
 * }</pre>
 *
 * <p>{@code id} is required; {@code name} is the id, {@code keys} and {@code tokens} are empty if
 * absent. A key may have a {@code token}, which makes it a temporary one, and then {@code expires},
 * an instant. Comments are allowed.
 */
public final class AccountsFile {
  private static final System.Logger LOG = System.getLogger(AccountsFile.class.getName());

  private static final String NAME = "accounts.json";
  private static final int BYTES_MAX = 16 << 20;

  private static final Set<PosixFilePermission> OF_OTHERS =
      PosixFilePermissions.fromString("---rw-rw-");

  private AccountsFile() {}

  /**
   * What was read.
   *
   * @param file where from
   * @param created true if this start has made it: then its user wants to know where it is
   */
  public record Opened(Accounts accounts, Path file, boolean created) {}

  /**
   * Reads the configured file, or else {@code accounts.json} in the data directory. If that one
   * does not exist, it is made with one account of a random id, key and token; of several processes
   * doing so at once, one makes it and all read the same.
   *
   * @param configured {@code accounts.file}
   * @param dataDirectory {@code data.dir}; if absent it is made, with access for its owner only
   * @return nothing exactly if a problem was added
   */
  public static Optional<Opened> open(
      Optional<Path> configured, Path dataDirectory, Problems problems) {
    Path file = configured.orElseGet(() -> dataDirectory.resolve(NAME));
    boolean created = false;
    if (configured.isEmpty() && !Files.exists(file)) {
      try {
        created = NewAccountsFile.create(file);
      } catch (IOException e) {
        problems.add(file + ": there is no accounts file, and none can be made: " + reason(e));
        return Optional.empty();
      }
    }
    Optional<Accounts> accounts = read(file, problems);
    if (accounts.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Opened(accounts.get(), file, created));
  }

  private static Optional<Accounts> read(Path file, Problems problems) {
    byte[] content;
    try (var in = Files.newInputStream(file)) {
      content = in.readNBytes(BYTES_MAX + 1);
      warnIfOpenToOthers(file);
    } catch (IOException e) {
      problems.add(file + ": accounts cannot be read: " + reason(e));
      return Optional.empty();
    }
    if (content.length > BYTES_MAX) {
      problems.add(file + ": expected a file of at most 16 MiB");
      return Optional.empty();
    }
    return AccountsReader.read(content, file.toString(), problems);
  }

  private static void warnIfOpenToOthers(Path file) throws IOException {
    var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return; // a file system without modes
    }
    Set<PosixFilePermission> mode = view.readAttributes().permissions();
    if (!Collections.disjoint(mode, OF_OTHERS)) {
      LOG.log(
          WARNING,
          "{0} holds secrets but is open to others than its owner ({1}); chmod 600 closes it",
          file,
          PosixFilePermissions.toString(mode));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "access denied";
    }
    return e.getMessage();
  }
}
