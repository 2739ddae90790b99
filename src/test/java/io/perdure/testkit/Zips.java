package io.perdure.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Makes zips, harmless ones and others. */
public final class Zips {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes);

  /** Begins a zip. */
  public static Zips zip() {
    return new Zips();
  }

  /** A zip with one file. */
  public static byte[] of(String path, String text) {
    return zip().file(path, text).bytes();
  }

  /** A file everybody may read. */
  public Zips file(String path, String text) {
    return file(path, 0644, text.getBytes(UTF_8));
  }

  /** A file with permissions. */
  public Zips file(String path, int mode, byte[] content) {
    return entry(path, UnixStat.FILE_FLAG | mode, content);
  }

  /** A directory; its path ends with a slash. */
  public Zips directory(String path) {
    return entry(path, UnixStat.DIR_FLAG | 0700, new byte[0]);
  }

  /** A symbolic link. */
  public Zips link(String path, String target) {
    return entry(path, UnixStat.LINK_FLAG | 0777, target.getBytes(UTF_8));
  }

  /** Anything: the mode has the type in it. */
  public Zips entry(String path, int mode, byte[] content) {
    try {
      ZipArchiveEntry entry = new ZipArchiveEntry(path);
      entry.setUnixMode(mode);
      zip.putArchiveEntry(entry);
      zip.write(content);
      zip.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on sizes are written with 64 bits, whether they need it or not. */
  public Zips zip64() {
    zip.setUseZip64(Zip64Mode.Always);
    return this;
  }

  /** From now on nothing is compressed more than this: 0 not at all, 9 the most. */
  public Zips level(int level) {
    zip.setLevel(level);
    return this;
  }

  /** The whole of it. */
  public byte[] bytes() {
    try {
      zip.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same bytes with another text wherever {@code text} is, of the same length. */
  public static byte[] replaced(byte[] zip, String text, String by) {
    if (text.length() != by.length()) {
      throw new IllegalArgumentException(text + " and " + by + " differ in length");
    }
    String all = new String(zip, ISO_8859_1);
    if (!all.contains(text)) {
      throw new IllegalArgumentException("there is no " + text);
    }
    return all.replace(text, by).getBytes(ISO_8859_1);
  }
}
