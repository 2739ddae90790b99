package io.perdure.registry;

import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.zip.BrokenZipException;
import io.perdure.zip.UntrustedZip;
import io.perdure.zip.ZipBounds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Whether a file is a zip a function may be made of. Any thread; reads all of it. */
final class PackageCheck {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final ZipBounds bounds;

  /**
   * What was found out.
   *
   * @param code what it is
   * @param files paths of all files in it
   */
  record Checked(CodeRef code, List<String> files) {}

  PackageCheck(CodeConfig config) {
    bounds = new ZipBounds(config.filesMax(), config.unpackedBytesMax());
  }

  /**
   * Checks the zip.
   *
   * @throws FailureException with {@link Failure.Invalid} of {@code code} that says what is wrong
   * @throws IOException when the disk fails
   */
  Checked check(Path file) throws IOException {
    MessageDigest sha256 = sha256();
    Crc64 crc64 = new Crc64();
    long bytes = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        crc64.update(buffer, 0, read);
        bytes += read;
      }
    }
    try (UntrustedZip zip = UntrustedZip.open(file, bounds)) {
      zip.test();
      String hash = HexFormat.of().formatHex(sha256.digest());
      return new Checked(new CodeRef(hash, bytes, crc64.decimal()), zip.files());
    } catch (BrokenZipException e) {
      String wrong = "the zip cannot be used: " + e.getMessage();
      throw new FailureException(new Failure.Invalid("code", wrong));
    }
  }

  /**
   * A file of a zip that has been checked; null when none of {@code paths} is there, or the first
   * one that is has more than {@code bytesMax} bytes.
   *
   * @param zip closed when this returns
   */
  byte[] file(SeekableByteChannel zip, List<String> paths, int bytesMax) throws IOException {
    try (UntrustedZip opened = UntrustedZip.open(zip, bounds)) {
      Set<String> files = new HashSet<>(opened.files());
      for (String path : paths) {
        if (files.contains(path)) {
          return opened.read(path, bytesMax);
        }
      }
      return null;
    } catch (BrokenZipException e) {
      throw new IOException("a zip that was sound is broken: " + e.getMessage(), e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
