package io.perdure.runtime.managed.custom;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The program of a function that is one of its own: its {@code command}, else an executable of the
 * conventional name in the root of the code. What would fail without a word when it is executed is
 * looked for first, so that the error says what to mend. Blocks.
 */
final class ProgramFile {
  /** Of a file's first line, what an operating system looks at. */
  private static final int FIRST_LINE_BYTES = 256;

  private static final byte BYTE_ORDER_MARK = (byte) 0xEF;

  private static final Set<PosixFilePermission> EXECUTE =
      Set.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  /** Where the vendors put the code, and what commands written for them therefore say. */
  private static final String FC_CODE = "/code";

  private static final String SCF_CODE = "/var/user";

  private ProgramFile() {}

  /**
   * Program and arguments for an instance.
   *
   * @param conventional name of the file that is looked for when there is no command
   * @throws StartFailure of type BootstrapMissing when there is nothing to execute, or
   *     BootstrapNotExecutable
   */
  static List<String> argv(Blueprint of, String conventional) {
    try {
      return find(of, conventional);
    } catch (InvalidPathException e) {
      throw missing("no file can be named so: " + e.getMessage());
    }
  }

  private static List<String> find(Blueprint of, String conventional) {
    List<String> command = of.spec().command();
    if (command.isEmpty()) {
      Path file = of.code().resolve(conventional);
      check(file, conventional);
      return List.of(file.toString());
    }
    List<String> argv = new ArrayList<>();
    for (String word : command) {
      argv.add(relocated(word, of));
    }
    argv.set(0, program(argv.get(0), of.code()));
    return argv;
  }

  /** A bare name is a file in the code's root if there is one, else a program of the machine. */
  private static String program(String name, Path code) {
    Path file = code.resolve(name).normalize();
    boolean bare = name.indexOf('/') < 0;
    if (bare && !Files.exists(file)) {
      return name;
    }
    if (!name.startsWith("/") && !file.startsWith(code)) {
      throw missing(name + " leads out of the code");
    }
    check(file, name);
    return file.toString();
  }

  private static String relocated(String word, Blueprint of) {
    Flavour flavour = of.function().flavour();
    String root = flavour == Flavour.SCF ? SCF_CODE : FC_CODE;
    boolean there = word.equals(root) || word.startsWith(root + "/");
    return there && flavour != Flavour.NATIVE ? of.code() + word.substring(root.length()) : word;
  }

  private static void check(Path file, String name) {
    try {
      if (!Files.isRegularFile(file)) {
        throw missing("the code has no file " + name);
      }
      // Asked of the mode, not of the system: to a server that runs as root all is executable.
      if (Files.getPosixFilePermissions(file).stream().noneMatch(EXECUTE::contains)) {
        throw unusable(
            "BootstrapNotExecutable", name + " is not executable: chmod +x it before it is packed");
      }
      checkBeginning(file, name);
    } catch (IOException e) {
      throw missing(name + " cannot be read: " + e.getMessage());
    }
  }

  private static void checkBeginning(Path file, String name) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(FIRST_LINE_BYTES);
    }
    if (head.length < 2 || head[0] != '#' || head[1] != '!') {
      if (isText(head)) {
        throw missing(name + " is a script whose first line is not #!/path/of/its/interpreter");
      }
      return;
    }
    String text = new String(head, UTF_8);
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    if (line.endsWith("\r")) {
      throw missing(name + " has lines that end in CR LF: save it with LF alone");
    }
    String interpreter = line.substring(2).strip().split("[ \t]", 2)[0];
    if (!interpreter.startsWith("/") || !Files.exists(Path.of(interpreter))) {
      throw missing(name + " asks for " + interpreter + ", which is not on this machine");
    }
  }

  /** No format of executables begins with text only; an empty file counts as text. */
  private static boolean isText(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    // Mach-O's first byte is above 127, and so is that of the mark some editors put before "#!".
    return head.length == 0 || head[0] > 0 || head[0] == BYTE_ORDER_MARK;
  }

  private static StartFailure missing(String message) {
    return unusable("BootstrapMissing", message);
  }

  private static StartFailure unusable(String type, String message) {
    return new StartFailure(RunError.Kind.FUNCTION, type, message);
  }
}
