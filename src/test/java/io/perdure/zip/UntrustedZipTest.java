package io.perdure.zip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.testkit.Seeds;
import io.perdure.testkit.Zips;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UntrustedZipTest {
  private static final ZipBounds BOUNDS = new ZipBounds(100, 1 << 20);
  private static final int FUZZED = 400;

  @TempDir Path dir;

  private void check(byte[] zip) throws IOException, BrokenZipException {
    try (UntrustedZip opened = UntrustedZip.open(written(zip), BOUNDS)) {
      opened.test();
    }
  }

  private Path written(byte[] zip) throws IOException {
    return Files.write(dir.resolve("code.zip"), zip);
  }

  private Path unpacked(byte[] zip) throws IOException, BrokenZipException {
    Path root = Files.createDirectories(dir.resolve("root"));
    try (UntrustedZip opened = UntrustedZip.open(written(zip), BOUNDS)) {
      opened.unpack(root);
    }
    return root;
  }

  private void assertRefused(String expected, byte[] zip) {
    String message = assertThrows(BrokenZipException.class, () -> check(zip)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void filesAreUnpackedWithTheirContents() throws Exception {
    Path root =
        unpacked(
            Zips.zip()
                .file("index.py", "x = 1")
                .file("lib/a/b.py", "y = 2")
                .directory("e/")
                .bytes());

    assertEquals("x = 1", Files.readString(root.resolve("index.py")));
    assertEquals("y = 2", Files.readString(root.resolve("lib/a/b.py")));
    assertTrue(Files.isDirectory(root.resolve("e")));
  }

  @Test
  void permissionToExecuteIsKeptAndPermissionToWriteIsNot() throws Exception {
    Path root =
        unpacked(
            Zips.zip()
                .file("bootstrap", 0755, new byte[1])
                .file("mine", 0700, new byte[1])
                .file("set-uid", 04755, new byte[1])
                .file("data", 0666, new byte[1])
                .directory("d/")
                .bytes());

    assertEquals("r-xr-xr-x", mode(root.resolve("bootstrap")));
    assertEquals("r-xr-xr-x", mode(root.resolve("mine")));
    assertEquals("r-xr-xr-x", mode(root.resolve("set-uid")));
    assertEquals(0555, (int) Files.getAttribute(root.resolve("set-uid"), "unix:mode") & 07777);
    assertEquals("r--r--r--", mode(root.resolve("data")));
    assertEquals("rwxr-xr-x", mode(root.resolve("d")));
  }

  @Test
  void linksWithinTheZipAreKept() throws Exception {
    Path root =
        unpacked(
            Zips.zip()
                .file("lib/libz.so.1", "z")
                .link("lib/libz.so", "libz.so.1")
                .link("bin/z", "../lib/libz.so")
                .link("here", ".")
                .link("gone", "lib/not-there")
                .bytes());

    assertEquals("z", Files.readString(root.resolve("bin/z")));
    assertEquals(Path.of("../lib/libz.so"), Files.readSymbolicLink(root.resolve("bin/z")));
    assertEquals(Path.of("lib/not-there"), Files.readSymbolicLink(root.resolve("gone")));
  }

  @Test
  void partsOfAPathThatMeanNothingAreLeftOut() throws Exception {
    byte[] zip = Zips.zip().directory("aaa").file("bbb/index.py", "x").bytes();

    assertEquals(
        "x", Files.readString(unpacked(Zips.replaced(zip, "bbb/", ".//.")).resolve(".index.py")));
  }

  @Test
  void zipsWithSizesOf64BitsAreRead() throws Exception {
    Path root = unpacked(Zips.zip().zip64().file("index.py", "x = 1").bytes());

    assertEquals("x = 1", Files.readString(root.resolve("index.py")));
  }

  @Test
  void zipsThatWereWrittenInOneGoAreRead() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) { // sizes stand behind the contents
      zip.putNextEntry(new ZipEntry("lib/"));
      zip.putNextEntry(new ZipEntry("lib/index.py"));
      zip.write("x = 1".getBytes(UTF_8));
      zip.setComment("made by java.util.zip");
    }

    assertEquals("x = 1", Files.readString(unpacked(bytes.toByteArray()).resolve("lib/index.py")));
  }

  @Test
  void whatStandsBeforeAZipIsNoHindrance() throws Exception {
    byte[] zip = Zips.of("index.py", "x");
    ByteBuffer both =
        ByteBuffer.allocate(zip.length + 20).put("#!/usr/bin/python3\n\n".getBytes(UTF_8));

    assertEquals("x", Files.readString(unpacked(both.put(zip).array()).resolve("index.py")));
  }

  @Test
  void namesThatAreNoUtf8AreReadByteByByte() throws Exception {
    byte[] zip = Zips.replaced(Zips.of("aaaa.txt", "x"), "aaaa", "\u00cb\u00b5\u00c3\u00f7");
    // The flag that says the name is UTF-8: in the local header and in the directory.
    zip[7] &= ~8;
    int directory = directoryOf(zip);
    zip[directory + 9] &= ~8;

    try (UntrustedZip opened = UntrustedZip.open(written(zip), BOUNDS)) {
      assertEquals(List.of("\u00cb\u00b5\u00c3\u00f7.txt"), opened.files());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "aa/b, ../b, has '..' in it",
    "a/bb/c, a/../c, has '..' in it",
    "a/bb, a/.., has '..' in it",
    "a/b, //b, is absolute",
    "aa/b, C:/b, is absolute",
    "aaa/b, ..\\\\b, has a backslash",
  })
  void pathsThatLeadElsewhereAreRefused(String harmless, String evil, String expected) {
    assertRefused(expected, Zips.replaced(Zips.of(harmless, "x"), harmless, evil));
  }

  @Test
  void aNulInANameIsRefused() {
    assertRefused("has a NUL", Zips.replaced(Zips.of("index.py_x", "x"), "py_x", "py\0x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../outside",
        "a/../../outside",
        "here/../outside",
        "up/../../outside",
        "deep/../../..",
        "here/here/here/.."
      })
  void linksThatLeadOutAreRefused(String target) {
    byte[] zip =
        Zips.zip()
            .file("a/b/c/file", "x")
            .link("here", ".")
            .link("up", "a")
            .link("deep", "a/b/c/../..")
            .link("evil", target)
            .bytes();

    assertRefused("the link 'evil' leads", zip);
  }

  @Test
  void linksThatLeadToThemselvesAreRefused() {
    assertRefused("leads to itself", Zips.zip().link("a", "b").link("b", "a").bytes());
  }

  @Test
  void linksThatTakeForeverToFollowAreRefused() {
    Zips zip = Zips.zip();
    String detour = "a/../".repeat(200) + "a";
    zip.directory("a/").link("l0", "a");
    for (int i = 1; i < 39; i++) {
      zip.link("l" + i, (i + "/../").repeat(169) + "l" + (i - 1));
    }
    for (int i = 0; i < 60; i++) {
      zip.link("m" + i, detour + "/../l38");
    }

    assertRefused("too many directories", zip.bytes());
  }

  @Test
  void aFileThroughALinkIsRefused() {
    assertRefused(
        "'link/passwd' goes through the link 'link'",
        Zips.zip().link("link", "/etc").file("link/passwd", "root::0:0").bytes());
    assertRefused(
        "'link' is a file and a directory",
        Zips.zip().file("link/passwd", "root::0:0").link("link", "a").bytes());
  }

  @Test
  void aFileThatIsADirectoryTooIsRefused() {
    assertRefused("'a' is a file and", Zips.zip().file("a", "x").file("a/b", "y").bytes());
    assertRefused("'a' is a file and", Zips.zip().file("a/b", "x").file("a", "y").bytes());
  }

  @Test
  void twoFilesOfOneNameAreRefused() {
    assertRefused(
        "two entries are named './index.py'",
        Zips.zip().file("index.py", "x").file("./index.py", "y").bytes());
  }

  @Test
  void devicesAreRefused() {
    assertRefused(
        "'dev' is neither a file", Zips.zip().entry("dev", 0020000 | 0666, new byte[0]).bytes());
  }

  @Test
  void moreFilesThanAllowedAreRefused() {
    Zips files = Zips.zip();
    for (int i = 0; i <= 100; i++) {
      files.file("f" + i, "");
    }

    assertRefused("more than 100 files", files.bytes());
    assertRefused(
        "more than 100 files", Zips.of("d/".repeat(100) + "f", "directories count as well"));
  }

  @Test
  void moreBytesThanAllowedAreRefused() {
    byte[] zeros = new byte[600_000];

    assertRefused(
        "unpacked it has more than 1048576 bytes",
        Zips.zip().file("a", 0644, zeros).file("b", 0644, zeros).bytes());
  }

  @Test
  void aFileThatIsLargerThanItSaysIsRefused() {
    byte[] zip = Zips.zip().file("bomb", 0644, new byte[50_000_000]).bytes();
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(directoryOf(zip) + 24, 1000);

    assertRefused("'bomb' has more bytes than the 1000 it declares", zip);
  }

  @Test
  void aHugeDeclaredSizeIsRefused() {
    byte[] zip = Zips.of("small", "x");
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(directoryOf(zip) + 24, -2);

    assertRefused("unpacked it has more than", zip);
  }

  @Test
  void aFileThatIsSmallerThanItSaysIsRefused() {
    byte[] zip = Zips.of("small", "x");
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(directoryOf(zip) + 24, 1000);

    assertRefused("'small' has 1 bytes and not the 1000", zip);
  }

  @Test
  void damagedContentsAreRefused() {
    byte[] stored = Zips.zip().level(0).file("index.py", "return 'right'").bytes();

    assertRefused("its checksum is another one", Zips.replaced(stored, "right", "wrong"));
  }

  @Test
  void encryptedFilesAreRefused() {
    byte[] zip = Zips.of("secret", "x");
    zip[directoryOf(zip) + 8] |= 1;

    assertRefused("'secret' is encrypted", zip);
  }

  @Test
  void unknownCompressionIsRefused() {
    byte[] zip = Zips.of("file", "x");
    zip[directoryOf(zip) + 10] = 12;

    assertRefused("'file' is compressed with method 12", zip);
  }

  @Test
  void onePartOfSeveralIsRefused() {
    byte[] zip = Zips.of("file", "x");
    zip[zip.length - 18] = 1;

    assertRefused("one part of several", zip);
  }

  @Test
  void aDirectoryThatEndsEarlyIsRefused() {
    byte[] zip = Zips.zip().file("a", "x").file("b", "y").bytes();
    int second = directoryOf(zip) + 46 + 1;
    zip[second + extra(zip)] = 'X';

    assertRefused("it says it has 2 entries, and 1 are found", zip);
  }

  @Test
  void whatIsNoZipIsRefused() {
    byte[] zip = Zips.zip().file("a", "x").file("b", "y").bytes();

    assertRefused("it is not a zip", new byte[0]);
    assertRefused("it is not a zip", "print('hello')".repeat(10_000).getBytes(UTF_8));
    assertRefused("it is not a zip", Arrays.copyOf(zip, zip.length - 30));
    assertRefused("it is empty", Zips.zip().bytes());
  }

  @Test
  void aDirectoryThatWouldFillTheMemoryIsRefused() {
    byte[] zip = Zips.of("x", "x");
    int directory = directoryOf(zip);
    int end = zip.length - 22;
    int times = 200_000;
    ByteBuffer all = ByteBuffer.allocate(directory + (end - directory) * times + 22);
    all.put(zip, 0, directory);
    for (int i = 0; i < times; i++) {
      all.put(zip, directory, end - directory);
    }
    all.put(zip, end, 22);
    all.order(ByteOrder.LITTLE_ENDIAN)
        .putInt(all.capacity() - 10, (end - directory) * times); // where it begins

    assertRefused("its directory is too large", all.array());
  }

  @Test
  void aBrokenDiskIsNotTheZipsFault() {
    assertThrows(NoSuchFileException.class, () -> UntrustedZip.open(dir.resolve("no"), BOUNDS));
  }

  @Test
  void whateverIsDoneToAZipNothingIsWrittenElsewhere() throws IOException {
    byte[] zip =
        Zips.zip()
            .file("index.py", "x = 1".repeat(100))
            .level(0)
            .file("aa/bb/c.txt", "some text")
            .link("aa/link", "bb/c.txt")
            .directory("d/")
            .zip64()
            .file("z64", "y")
            .bytes();
    Path outside = Files.createDirectories(dir.resolve("outside"));
    String before = everythingIn(dir, dir.resolve("outside/root"));
    Seeds.each(
        FUZZED,
        random -> {
          Path root = outside.resolve("root");
          try {
            Files.createDirectories(root);
            byte[] mutated = mutated(zip, random);
            Path file = Files.write(outside.resolve("root.zip"), mutated);
            try (UntrustedZip opened = UntrustedZip.open(file, BOUNDS)) {
              Assertions.assertTimeout(Duration.ofSeconds(10), () -> opened.unpack(root));
              assertNoLinkLeadsOut(root.toRealPath());
            } catch (BrokenZipException e) {
              assertTrue(!e.getMessage().isBlank());
            }
            Files.delete(file);
            delete(root);
            assertEquals(before, everythingIn(dir, root));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Flips, copies and cuts; names and links are what is aimed at most. */
  private static byte[] mutated(byte[] zip, Random random) {
    byte[] bytes = zip.clone();
    String[] words = {
      "..", "/", "\\", "../", "/etc", "\0", "PK\1\2", "PK\5\6", "PK\6\6", ".", "aa"
    };
    int directory = directoryOf(zip);
    for (int i = random.nextInt(4) + 1; i > 0; i--) {
      int from = random.nextBoolean() ? directory : 0;
      int at = from + random.nextInt(bytes.length - from);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> {
          byte[] word = words[random.nextInt(words.length)].getBytes(UTF_8);
          System.arraycopy(word, 0, bytes, at, Math.min(word.length, bytes.length - at));
        }
        default -> {
          int length = random.nextInt(60);
          int source = random.nextInt(bytes.length);
          length = Math.min(length, bytes.length - Math.max(source, at));
          System.arraycopy(bytes, source, bytes, at, length);
        }
      }
    }
    return random.nextInt(10) > 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  private static void assertNoLinkLeadsOut(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.filter(Files::exists).toList()) {
        assertTrue(path.toRealPath().startsWith(root), path::toString);
      }
    }
  }

  private static String everythingIn(Path dir, Path except) throws IOException {
    TreeMap<String, Long> all = new TreeMap<>();
    try (Stream<Path> walked = Files.walk(dir)) {
      for (Path path : walked.filter(path -> !path.startsWith(except)).toList()) {
        all.put(path.toString(), Files.isDirectory(path) ? 0 : Files.size(path));
      }
    }
    return all.toString();
  }

  private static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes as) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path at, IOException e) throws IOException {
            Files.delete(at);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Where the first entry of the directory at the end begins. */
  private static int directoryOf(byte[] zip) {
    for (int i = 0; i < zip.length - 4; i++) {
      if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
        return i;
      }
    }
    throw new IllegalArgumentException("no directory");
  }

  private static int extra(byte[] zip) {
    return ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getShort(directoryOf(zip) + 30);
  }
}
