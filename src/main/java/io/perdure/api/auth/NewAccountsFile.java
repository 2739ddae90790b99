package io.perdure.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** Makes an accounts file with one random account: all of it or nothing, and for its owner only. */
final class NewAccountsFile {
  private static final int SECRET_BYTES = 32; // 256 bits
  private static final int KEY_ID_BYTES = 15; // of base64, so no padding

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final SecureRandom RANDOM = new SecureRandom();

  private NewAccountsFile() {}

  /**
   * Makes the file, and the directory it is in. On return both are on disk.
   *
   * @return false if somebody else made it first: then that one holds
   */
  static boolean create(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory, OWNER_DIRECTORY);
    // Under another name first, so that a crash leaves no half file under the real one. The mode
    // is given when the file is made: the secret is at no time readable by others.
    Path draft = directory.resolve(file.getFileName() + "." + random(KEY_ID_BYTES));
    try {
      try (var channel = FileChannel.open(draft, Set.of(CREATE_NEW, WRITE), OWNER_FILE)) {
        ByteBuffer content = ByteBuffer.wrap(content());
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      if (!publish(draft, file)) {
        return false;
      }
    } finally {
      Files.deleteIfExists(draft);
    }
    try (var channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
    return true;
  }

  /** A link fails where a move would replace, so the first of two processes wins. */
  private static boolean publish(Path draft, Path file) throws IOException {
    try {
      Files.createLink(file, draft);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (FileSystemException | UnsupportedOperationException e) { // no hard links here
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      return true;
    }
  }

  private static byte[] content() throws IOException {
    var json = JsonMapper.builder().build();
    ObjectNode root = json.createObjectNode();
    ObjectNode account = root.putArray("accounts").addObject();
    account.put(
        "id", Long.toString(1_000_000_000_000_000L + RANDOM.nextLong(9_000_000_000_000_000L)));
    account.put("name", "default");
    // Prefixes, so that a leaked credential is recognised by people and by scanners of secrets.
    account
        .putArray("keys")
        .addObject()
        .put("id", "pdk_" + random(KEY_ID_BYTES))
        .put("secret", "pds_" + random(SECRET_BYTES));
    account.putArray("tokens").add("pdt_" + random(SECRET_BYTES));
    return (json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n").getBytes(UTF_8);
  }

  private static String random(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
