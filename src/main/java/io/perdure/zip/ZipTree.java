package io.perdure.zip;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files, directories and links of a zip, as they would be once unpacked. Paths have no empty,
 * {@code .} or {@code ..} parts and are below the root, which is the empty path.
 */
final class ZipTree {
  private static final int PATH_BYTES_MAX = 1024;
  private static final int PART_BYTES_MAX = 255;

  /** As many as Linux follows. */
  private static final int LINKS_FOLLOWED_MAX = 40;

  /** Parts of paths walked for all links together: no harmless zip comes near it. */
  private static final int STEPS_MAX = 1_000_000;

  /** What a path is. */
  enum Kind {
    DIRECTORY,
    FILE,
    LINK
  }

  private final int filesMax;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Map<String, String> targets = new TreeMap<>();
  private int steps;

  ZipTree(int filesMax) {
    this.filesMax = filesMax;
    kinds.put("", Kind.DIRECTORY);
  }

  /**
   * Adds an entry, and the directories it is in.
   *
   * @return its path; a directory may be named twice, nothing else may
   */
  String add(String name, Kind kind) throws BrokenZipException {
    String path = path(name);
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      directory(path.substring(0, slash), name);
    }
    if (kind == Kind.DIRECTORY) {
      directory(path, name);
      return path;
    }
    Kind before = kinds.putIfAbsent(path, kind);
    if (before == Kind.DIRECTORY) {
      throw new BrokenZipException(quoted(name) + " is a file and a directory");
    } else if (before != null) {
      throw new BrokenZipException("two entries are named " + quoted(name));
    }
    checkCount();
    return path;
  }

  private void directory(String path, String name) throws BrokenZipException {
    Kind before = kinds.putIfAbsent(path, Kind.DIRECTORY);
    if (before == null) {
      checkCount();
    } else if (before == Kind.LINK) {
      throw new BrokenZipException(quoted(name) + " goes through the link " + quoted(path));
    } else if (before == Kind.FILE) {
      throw new BrokenZipException(
          quoted(path) + " is a file and, for " + quoted(name) + ", a directory");
    }
  }

  private void checkCount() throws BrokenZipException {
    if (kinds.size() - 1 > filesMax) {
      throw new BrokenZipException("there are more than " + filesMax + " files and directories");
    }
  }

  private static String path(String name) throws BrokenZipException {
    if (name.indexOf('\0') >= 0) {
      throw new BrokenZipException("the name " + quoted(name) + " has a NUL in it");
    }
    if (name.indexOf('\\') >= 0) {
      throw new BrokenZipException(
          "the name " + quoted(name) + " has a backslash in it: the parts of a path end with '/'");
    }
    if (name.startsWith("/") || name.matches("[A-Za-z]:/.*")) {
      throw new BrokenZipException(
          "the path " + quoted(name) + " is absolute: it has to be relative");
    }
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw new BrokenZipException("the path " + quoted(name) + " has '..' in it");
      }
      if (part.length() > PART_BYTES_MAX || part.getBytes(UTF_8).length > PART_BYTES_MAX) {
        throw new BrokenZipException(
            "a name in the path " + quoted(name) + " has more than " + PART_BYTES_MAX + " bytes");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    String path = String.join("/", parts);
    if (path.length() > PATH_BYTES_MAX || path.getBytes(UTF_8).length > PATH_BYTES_MAX) {
      throw new BrokenZipException(
          "the path " + quoted(name) + " has more than " + PATH_BYTES_MAX + " bytes");
    }
    return path;
  }

  /** Says where a link that was added leads to. */
  void link(String path, String target) throws BrokenZipException {
    String wrong = null;
    if (target.isEmpty()) {
      wrong = "nothing";
    } else if (target.startsWith("/")) {
      wrong = quoted(target) + ", which is absolute";
    } else if (target.indexOf('\0') >= 0 || target.getBytes(UTF_8).length > PATH_BYTES_MAX) {
      wrong = quoted(target) + ", which is no path";
    }
    if (wrong != null) {
      throw new BrokenZipException("the link " + quoted(path) + " leads to " + wrong);
    }
    targets.put(path, target);
  }

  /** To be called when everything is added: follows all links. */
  void checkLinks() throws BrokenZipException {
    for (String path : targets.keySet()) {
      follow(path);
    }
  }

  /** Walks a link as the kernel would, part by part, through all the links on its way. */
  private void follow(String path) throws BrokenZipException {
    int links = 0;
    String at = path;
    Deque<String> ahead = new ArrayDeque<>();
    while (true) {
      String target = targets.get(at);
      if (target != null) {
        if (++links > LINKS_FOLLOWED_MAX) {
          throw new BrokenZipException("the link " + quoted(path) + " leads to itself");
        }
        String[] parts = target.split("/", -1);
        for (int i = parts.length - 1; i >= 0; i--) {
          ahead.push(parts[i]);
        }
        at = parent(at);
      } else if (ahead.isEmpty()) {
        return;
      } else {
        at = step(path, at, ahead.pop());
      }
    }
  }

  private String step(String path, String at, String part) throws BrokenZipException {
    if (++steps > STEPS_MAX) {
      throw new BrokenZipException("its links lead through too many directories");
    }
    if (part.isEmpty() || part.equals(".")) {
      return at;
    }
    if (!part.equals("..")) {
      return at.isEmpty() ? part : at + "/" + part;
    }
    if (at.isEmpty()) {
      throw new BrokenZipException(
          "the link " + quoted(path) + " leads out of the zip, to " + quoted(targets.get(path)));
    }
    return parent(at);
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** All directories but the root, those that contain others before them. */
  Set<String> directories() {
    Set<String> directories = new TreeSet<>();
    kinds.forEach(
        (path, kind) -> {
          if (kind == Kind.DIRECTORY && !path.isEmpty()) {
            directories.add(path);
          }
        });
    return directories;
  }

  /** Where each link leads to, by its path. */
  Map<String, String> links() {
    return targets;
  }

  /** A name as it may stand in a message: cut, and without control characters. */
  static String quoted(String name) {
    StringBuilder text = new StringBuilder("'");
    for (int i = 0; i < Math.min(name.length(), 200); i++) {
      char c = name.charAt(i);
      text.append(Character.isISOControl(c) ? '?' : c);
    }
    return text.append(name.length() > 200 ? "...'" : "'").toString();
  }
}
