package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.aliyun.fc.runtime.StreamRequestHandler;
import io.perdure.invocation.RuntimeSpec.Language;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Java instances for tests: compiles what a user would have compiled. */
final class JavaShims {
  private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
  private static final Pattern TYPE =
      Pattern.compile(
          "^public (?:final |abstract )*(?:class|interface|record) (\\w+)", Pattern.MULTILINE);

  private JavaShims() {}

  /** Compiles {@code sources} into {@code code}, against {@code jars} alone. */
  static void compile(Path code, List<Path> jars, String... sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assumeTrue(compiler != null, "there is no Java compiler in this JVM");
    List<JavaFileObject> units = new ArrayList<>();
    for (String source : sources) {
      units.add(new Source(source));
    }
    assertTrue(code.toFile().isDirectory() || code.toFile().mkdirs(), code::toString);
    String path = String.join(":", jars.stream().map(Path::toString).toList());
    List<String> options =
        List.of("-d", code.toString(), "-cp", path, "-proc:none", "--release", "17");
    StringWriter said = new StringWriter();
    boolean done = compiler.getTask(said, null, null, options, null, units).call();
    assertTrue(done, said::toString);
  }

  /** An instance that runs these sources; told nothing yet. */
  static ShimPeer of(Path code, String... sources) throws IOException {
    compile(code, List.of(), sources);
    return start(code);
  }

  static ShimPeer start(Path code) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return ShimPeer.start(Language.JAVA, List.of(java.toString()), code, Map.of());
  }

  /** The library that functions for Function Compute are compiled against and bring along. */
  static Path fcLibrary() {
    try {
      URI jar =
          StreamRequestHandler.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(jar);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts that library where a build puts what a function needs. */
  static void addFcLibrary(Path code) throws IOException {
    Files.createDirectories(code.resolve("lib"));
    Files.copy(fcLibrary(), code.resolve("lib/fc-java-core.jar"));
  }

  /** A source in memory, named as its public class. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///" + path(text) + ".java"), Kind.SOURCE);
      this.text = text;
    }

    private static String path(String text) {
      Matcher within = PACKAGE.matcher(text);
      String directory = within.find() ? within.group(1).replace('.', '/') + "/" : "";
      Matcher type = TYPE.matcher(text);
      return directory + (type.find() ? type.group(1) : "Unnamed");
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
