package io.perdure.zip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipMethod;

/**
 * A zip that may be anything. Once it is open its names and links are known to be harmless; its
 * contents are checked whenever they are read. Not thread-safe; blocks on the disk.
 *
 * <p>Fails with {@link BrokenZipException} for the sake of the zip, with {@link IOException} for
 * the disk's.
 */
public final class UntrustedZip implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int LINK_BYTES_MAX = 1024;

  /** Of the end record: its size, and the longest comment that may follow it. */
  private static final int END_BYTES = 22;

  private static final int COMMENT_BYTES_MAX = 0xFFFF;
  private static final int END_SIGNATURE = 0x06054b50;

  /** Stands for "see the record with 64 bits". */
  private static final int SEE_ZIP64 = 0xFFFF;

  /**
   * What the directory at the end may take: a megabyte for comments and the search for it, and for
   * each file as much as long paths need. Its entries are held in memory.
   */
  private static final long DIRECTORY_BYTES = 1 << 20;

  private static final long DIRECTORY_BYTES_EACH = 256;

  /**
   * A file.
   *
   * @param path relative to the root
   * @param executable whether anybody may execute it
   */
  private record Item(String path, boolean executable, ZipArchiveEntry entry) {}

  private final ZipBounds bounds;
  private final GuardedChannel channel;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ZipTree tree;
  private final List<Item> files = new ArrayList<>();
  private ZipFile zip;

  private UntrustedZip(GuardedChannel channel, ZipBounds bounds) {
    this.bounds = bounds;
    this.channel = channel;
    tree = new ZipTree(bounds.filesMax());
  }

  /** Reads the directory of the zip in {@code file} and checks what it lists. */
  public static UntrustedZip open(Path file, ZipBounds bounds)
      throws IOException, BrokenZipException {
    return open(Files.newByteChannel(file), bounds);
  }

  /** The same for a zip that is elsewhere; {@code opened} is closed with it, or on a failure. */
  public static UntrustedZip open(SeekableByteChannel opened, ZipBounds bounds)
      throws IOException, BrokenZipException {
    UntrustedZip zip = new UntrustedZip(new GuardedChannel(opened), bounds);
    try {
      zip.parse();
      return zip;
    } catch (IOException | BrokenZipException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void parse() throws IOException, BrokenZipException {
    channel.allow(DIRECTORY_BYTES + bounds.filesMax() * DIRECTORY_BYTES_EACH);
    List<ZipArchiveEntry> entries =
        parsed(
            "it is not a zip, or it was cut short",
            () -> {
              zip =
                  ZipFile.builder()
                      .setSeekableByteChannel(channel)
                      .setCharset(StandardCharsets.UTF_8)
                      .setUseUnicodeExtraFields(false)
                      .setIgnoreLocalFileHeader(true)
                      .get();
              return Collections.list(zip.getEntries());
            });
    checkEnd(entries.size());
    if (entries.size() > bounds.filesMax()) {
      throw new BrokenZipException("there are more than " + bounds.filesMax() + " files");
    }
    if (entries.isEmpty()) {
      throw new BrokenZipException("it is empty");
    }
    channel.allow(Long.MAX_VALUE); // from here on what comes out is bounded
    List<Item> links = new ArrayList<>();
    long declared = 0;
    for (ZipArchiveEntry entry : entries) {
      ZipTree.Kind kind = kind(entry);
      Item item = new Item(tree.add(name(entry), kind), executable(entry), entry);
      if (kind == ZipTree.Kind.LINK) {
        links.add(item);
      } else if (kind == ZipTree.Kind.FILE) {
        files.add(item);
        declared += Math.min(entry.getSize(), Long.MAX_VALUE - declared); // stops where it is full
        if (declared > bounds.unpackedBytesMax()) {
          throw new BrokenZipException(
              "unpacked it has more than " + bounds.unpackedBytesMax() + " bytes");
        }
      }
    }
    for (Item link : links) {
      tree.link(link.path(), target(link));
    }
    tree.checkLinks();
  }

  /**
   * The parser ends at the first thing that is no entry, as if nothing had come behind it: the
   * count at the end shows whether it has seen all.
   */
  private void checkEnd(int entries) throws IOException, BrokenZipException {
    int most = (int) Math.min(channel.size(), END_BYTES + COMMENT_BYTES_MAX);
    ByteBuffer tail = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    channel.allow(most);
    channel.position(channel.size() - most);
    while (tail.hasRemaining() && channel.read(tail) >= 0) {
      // until it is full
    }
    int end = most - END_BYTES;
    while (end >= 0 && tail.getInt(end) != END_SIGNATURE) {
      end--;
    }
    if (end < 0) {
      throw new BrokenZipException("it is not a zip, or it was cut short");
    }
    int disk = Short.toUnsignedInt(tail.getShort(end + 4));
    int declared = Short.toUnsignedInt(tail.getShort(end + 10));
    if (disk != 0 && disk != SEE_ZIP64) {
      throw new BrokenZipException("it is one part of several: they have to be put together");
    }
    if (declared != SEE_ZIP64 && declared != (entries & 0xFFFF)) {
      throw new BrokenZipException(
          "it is damaged: it says it has " + declared + " entries, and " + entries + " are found");
    }
  }

  private static String name(ZipArchiveEntry entry) throws BrokenZipException {
    byte[] raw = entry.getRawName();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      if (entry.getGeneralPurposeBit().usesUTF8ForNames()) {
        throw new BrokenZipException(
            "the name " + ZipTree.quoted(entry.getName()) + " is not valid UTF-8");
      }
      // In some alphabet of the machine it was made on: every byte a character, so that no two
      // names become one.
      return new String(raw, StandardCharsets.ISO_8859_1);
    }
  }

  private static ZipTree.Kind kind(ZipArchiveEntry entry) throws BrokenZipException {
    String name = ZipTree.quoted(entry.getName());
    if (entry.getGeneralPurposeBit().usesEncryption()
        || entry.getGeneralPurposeBit().usesStrongEncryption()) {
      throw new BrokenZipException(name + " is encrypted");
    }
    if (entry.getDiskNumberStart() != 0) {
      throw new BrokenZipException(name + " is in another part of the zip");
    }
    boolean directory = entry.getName().endsWith("/");
    return switch (entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG) {
      case 0 -> directory ? ZipTree.Kind.DIRECTORY : file(entry);
      case UnixStat.DIR_FLAG -> ZipTree.Kind.DIRECTORY;
      case UnixStat.FILE_FLAG -> directory ? ZipTree.Kind.DIRECTORY : file(entry);
      case UnixStat.LINK_FLAG -> {
        file(entry);
        yield ZipTree.Kind.LINK;
      }
      default ->
          throw new BrokenZipException(
              name + " is neither a file nor a directory nor a symbolic link");
    };
  }

  private static ZipTree.Kind file(ZipArchiveEntry entry) throws BrokenZipException {
    int method = entry.getMethod();
    if (method != ZipMethod.STORED.getCode() && method != ZipMethod.DEFLATED.getCode()) {
      throw new BrokenZipException(
          ZipTree.quoted(entry.getName())
              + " is compressed with method "
              + method
              + ": only stored and deflated are supported");
    }
    if (entry.getSize() < 0 || entry.getCompressedSize() < 0) {
      throw new BrokenZipException(ZipTree.quoted(entry.getName()) + " has no size");
    }
    return ZipTree.Kind.FILE;
  }

  private static boolean executable(ZipArchiveEntry entry) {
    return (entry.getUnixMode() & 0111) != 0;
  }

  private String target(Item link) throws IOException, BrokenZipException {
    if (link.entry().getSize() > LINK_BYTES_MAX) {
      throw new BrokenZipException(
          "the link " + ZipTree.quoted(link.path()) + " leads to a path that is too long");
    }
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    copy(link, target);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(target.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BrokenZipException(
          "the link " + ZipTree.quoted(link.path()) + " leads to a path that is not UTF-8");
    }
  }

  /** Paths of all files and links, in the order of the zip. */
  public List<String> files() {
    List<String> paths = new ArrayList<>(files.stream().map(Item::path).toList());
    paths.addAll(tree.links().keySet());
    return paths;
  }

  /** Contents of the file at {@code path}; null when there is none of at most so many bytes. */
  public byte[] read(String path, int bytesMax) throws IOException, BrokenZipException {
    for (Item item : files) {
      if (item.path().equals(path) && item.entry().getSize() <= bytesMax) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) item.entry().getSize());
        copy(item, bytes);
        return bytes.toByteArray();
      }
    }
    return null;
  }

  /**
   * Reads everything and compares sizes and checksums.
   *
   * @return bytes of all files
   */
  public long test() throws IOException, BrokenZipException {
    long bytes = 0;
    for (Item item : files) {
      bytes += copy(item, OutputStream.nullOutputStream());
    }
    return bytes;
  }

  /**
   * Unpacks everything into {@code root}, an empty directory nobody else may write to. Files become
   * readable for all and writable for nobody, executable for all when they are for anybody.
   *
   * @return bytes they take, in whole blocks of 4 KiB
   */
  public long unpack(Path root) throws IOException, BrokenZipException {
    return new Unpacking(root).run();
  }

  private final class Unpacking {
    private static final long BLOCK_BYTES = 4096;

    private final Path root;

    Unpacking(Path root) {
      this.root = root;
    }

    long run() throws IOException, BrokenZipException {
      Set<String> directories = tree.directories();
      for (String directory : directories) {
        Files.createDirectory(Made.at(root, directory));
      }
      long blocks = directories.size();
      for (Item item : files) {
        blocks += (file(item) + BLOCK_BYTES - 1) / BLOCK_BYTES;
      }
      for (Map.Entry<String, String> link : tree.links().entrySet()) { // last: none is gone through
        Files.createSymbolicLink(
            Made.at(root, link.getKey()), Made.path(root.getFileSystem(), link.getValue()));
      }
      for (String directory : directories) {
        Files.setPosixFilePermissions(Made.at(root, directory), Made.DIRECTORY);
      }
      return blocks * BLOCK_BYTES;
    }

    private long file(Item item) throws IOException, BrokenZipException {
      Path path = Made.at(root, item.path());
      long size;
      try (OutputStream to = Made.create(path)) {
        size = copy(item, to);
      }
      Files.setPosixFilePermissions(path, item.executable() ? Made.PROGRAM : Made.FILE);
      return size;
    }
  }

  /** Copies a file's contents: never more than it declares, so never more than is allowed. */
  private long copy(Item item, OutputStream to) throws IOException, BrokenZipException {
    String name = ZipTree.quoted(item.path());
    String damaged = name + " cannot be read, it is damaged";
    long declared = item.entry().getSize();
    CRC32 checksum = new CRC32();
    long bytes = 0;
    InputStream in = parsed(damaged, () -> zip.getInputStream(item.entry()));
    try {
      while (true) {
        int read = parsed(damaged, () -> in.read(buffer));
        if (read < 0) {
          break;
        }
        bytes += read;
        if (bytes > declared) {
          throw new BrokenZipException(
              name + " has more bytes than the " + declared + " it declares");
        }
        checksum.update(buffer, 0, read);
        to.write(buffer, 0, read);
      }
    } finally {
      in.close();
    }
    if (bytes != declared) {
      throw new BrokenZipException(
          name + " has " + bytes + " bytes and not the " + declared + " it declares");
    }
    if (checksum.getValue() != item.entry().getCrc()) {
      throw new BrokenZipException(damaged + ": its checksum is another one");
    }
    return bytes;
  }

  private interface Parse<T> {
    T run() throws IOException;
  }

  /** Whatever a parser throws is about the zip, unless the disk has failed below it. */
  private <T> T parsed(String otherwise, Parse<T> parse) throws IOException, BrokenZipException {
    try {
      return parse.run();
    } catch (IOException | RuntimeException e) {
      if (channel.failure() != null) {
        throw channel.failure();
      }
      throw new BrokenZipException(
          channel.exhausted() ? "its directory is too large" : otherwise + reason(e));
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
