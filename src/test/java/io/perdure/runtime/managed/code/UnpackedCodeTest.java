package io.perdure.runtime.managed.code;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.invocation.About;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.CodeDirectories.CodeDirectory;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.testkit.Zips;
import io.perdure.zip.ZipBounds;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class UnpackedCodeTest {
  private static final ZipBounds BOUNDS = new ZipBounds(100, 10 << 20);
  private static final int GROUP = 731_000;

  @TempDir Path dir;

  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private Vertx vertx;
  private Bus bus;
  private UnpackedCode codes;
  private volatile Failure failure;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    join(bus.serve(Addresses.READ_CODE, this::read));
    open(1 << 30, -1, 0);
  }

  private void open(long cacheBytes, int groupsFrom, int groups) throws Exception {
    if (codes != null) {
      join(codes.close());
    }
    codes =
        new UnpackedCode(
            vertx,
            bus,
            new UnpackedCodeConfig(cacheBytes, 2),
            dir.resolve("managed"),
            BOUNDS,
            groupsFrom,
            groups);
  }

  @AfterEach
  void close() throws Exception {
    join(codes.close());
  }

  private Future<CodeRead> read(ReadCode read) {
    reads.incrementAndGet();
    if (failure != null) {
      return Future.failedFuture(new FailureException(failure));
    }
    byte[] all = stored.get(read.sha256());
    if (all == null) {
      return Future.failedFuture(
          new FailureException(new Failure.NotFound("code package", read.sha256())));
    }
    int from = read.chunk() * CodeMessages.CHUNK_BYTES;
    int to = Math.min(all.length, from + CodeMessages.CHUNK_BYTES);
    return Future.succeededFuture(
        new CodeRead(Arrays.copyOfRange(all, from, to), to == all.length));
  }

  @Test
  void codeIsUnpackedOnceForAllWhoWantItAtTheSameTime() throws Exception {
    byte[] large = new byte[1_500_000];
    new Random(7).nextBytes(large);
    CodeRef code = store(Zips.zip().file("index.py", "x = 1").file("l", 0600, large).bytes());
    List<Future<CodeDirectory>> wanted = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      wanted.add(codes.acquire(function(1, code)));
    }
    join(Future.all(wanted));

    Path path = wanted.get(0).result().path();
    assertTrue(path.isAbsolute());
    assertEquals("x = 1", Files.readString(path.resolve("index.py")));
    assertEquals(large.length, Files.size(path.resolve("l")));
    assertEquals(1, wanted.stream().map(one -> one.result().path()).distinct().count());
    assertEquals(3, reads.get());
    assertEquals(List.of(path), unpacked());
  }

  @Test
  void theAnswerComesOnTheContextOfWhoAsked() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x"));
    Promise<Context> answeredOn = Promise.promise();
    Context asking = vertx.getOrCreateContext();
    asking.runOnContext(
        v ->
            codes
                .acquire(function(1, code))
                .onComplete(done -> answeredOn.complete(Vertx.currentContext())));

    assertEquals(asking, join(answeredOn.future()));
  }

  @Test
  void functionsDoNotShareTheirCode() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x"));

    assertNotEquals(acquire(1, code).path(), acquire(2, code).path());
  }

  @Test
  void codeOutOfUseIsThereTheNextTime() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x"));
    CodeDirectory first = acquire(1, code);
    first.release();
    first.release(); // counts once
    CodeDirectory second = acquire(1, code);

    assertEquals(first.path(), second.path());
    assertEquals(1, reads.get());
  }

  @Test
  void codeLongestOutOfUseGoesWhenThereIsTooMuch() throws Exception {
    open(3 * 4096, -1, 0); // three files of a block each
    List<CodeDirectory> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(acquire(1, store(Zips.of("index.py", "x = " + i))));
    }
    held.get(1).release();
    held.get(0).release();
    assertEquals(3, unpacked().size());

    CodeDirectory fourth = acquire(1, store(Zips.of("index.py", "x = 4")));
    gone(held.get(1).path());
    assertEquals(Set.of(held.get(0).path(), held.get(2).path(), fourth.path()), asSet(unpacked()));
  }

  @Test
  void codeInUseStaysHoweverMuchItIs() throws Exception {
    open(0, -1, 0);
    CodeRef code = store(Zips.of("index.py", "x"));
    CodeDirectory one = acquire(1, code);
    CodeDirectory two = acquire(1, code);
    one.release();
    assertTrue(Files.exists(two.path()));
    two.release();
    gone(two.path());

    assertNotEquals(two.path(), acquire(1, code).path());
  }

  @Test
  void whatAnEarlierRunLeftIsRemoved() throws Exception {
    CodeRef code = store(Zips.of("lib/index.py", "x"));
    CodeDirectory inUse = acquire(1, code);
    join(codes.close());
    assertTrue(Files.exists(inUse.path()), "it is in use");
    codes = null;
    open(1 << 30, -1, 0);
    CodeDirectory again = acquire(1, code);

    assertEquals(List.of(again.path()), unpacked());
  }

  @Test
  void closingRemovesWhatIsOutOfUse() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x"));
    acquire(1, code).release();
    join(codes.close());

    assertEquals(List.of(), unpacked());
    assertEquals(Kind.PLATFORM, refused(1, code).kind());
  }

  @Test
  void nobodyButTheServerMayWriteThere() throws Exception {
    CodeDirectory code =
        acquire(
            1,
            store(
                Zips.zip()
                    .file("bootstrap", 0777, new byte[1])
                    .file("lib/data", 0666, new byte[1])
                    .bytes()));

    assertEquals("rwx--x--x", mode(code.path().getParent()));
    assertEquals("rwxr-x---", mode(code.path()));
    assertEquals("rwxr-xr-x", mode(code.path().resolve("lib")));
    assertEquals("r-xr-xr-x", mode(code.path().resolve("bootstrap")));
    assertEquals("r--r--r--", mode(code.path().resolve("lib/data")));
    assertEquals(-1, code.group());
  }

  @Test
  void onlyTheGroupOfTheCodeCanReadIt() throws Exception {
    assumeTrue(root(), "only root can give files to a group");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv")), "there is no setpriv to run as others");
    open(1 << 30, GROUP, 2);
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
    CodeDirectory code = acquire(1, store(Zips.of("index.py", "x = 1")));
    CodeDirectory other = acquire(2, store(Zips.of("index.py", "x = 2")));

    assertNotEquals(code.group(), other.group());
    assertEquals(
        code.group(), Files.getAttribute(code.path(), "unix:gid", LinkOption.NOFOLLOW_LINKS));
    Path file = code.path().resolve("index.py");
    assertEquals("x = 1", readAs(code.group(), file));
    assertEquals("", readAs(other.group(), file));
    assertEquals("", readAs(code.group(), code.path().getParent()), "nothing is listed");
  }

  /** What {@code cat} or {@code ls} prints for a user with a second group. */
  private static String readAs(int group, Path path) throws Exception {
    Process reading =
        new ProcessBuilder(
                "/usr/bin/setpriv",
                "--reuid=731900",
                "--regid=731900",
                "--groups=" + group,
                Files.isDirectory(path) ? "ls" : "cat",
                path.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String read = new String(reading.getInputStream().readAllBytes(), UTF_8);
    assertTrue(reading.waitFor(10, TimeUnit.SECONDS));
    return read;
  }

  @Test
  void moreCodeThanGroupsHasToWait() throws Exception {
    assumeTrue(root(), "only root can give files to a group");
    open(1 << 30, GROUP, 1);
    CodeRef code = store(Zips.of("index.py", "x"));
    CodeDirectory first = acquire(1, code);

    RunError error = refused(2, code);
    assertEquals(Kind.PLATFORM, error.kind());
    assertTrue(error.message().contains("groups"), error.message());
    first.release();
    assertEquals(Kind.PLATFORM, refused(2, code).kind()); // makes room
    gone(first.path());
    assertEquals(GROUP, acquiredInTheEnd(2, code).group());
  }

  /** The group is free when the removal has been noted, which nobody is told of. */
  private CodeDirectory acquiredInTheEnd(long uid, CodeRef code) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      try {
        return acquire(uid, code);
      } catch (ExecutionException e) {
        if (System.nanoTime() > giveUp) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void otherBytesThanThoseOfTheHashAreNotRun() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x = 1"));
    stored.put(code.sha256(), Zips.of("index.py", "x = 2"));

    RunError error = refused(1, code);
    assertEquals("CodeUnusable", error.type());
    assertEquals(Kind.FUNCTION, error.kind());
    assertTrue(error.message().contains("is damaged"), error.message());
    stored.put(code.sha256(), new byte[5_000_000]);
    assertTrue(refused(1, code).message().contains("is damaged"));
    assertEquals(List.of(), unpacked());
  }

  @Test
  void aZipThatLeadsElsewhereIsNotUnpacked() throws Exception {
    byte[] evil = Zips.replaced(Zips.of("aa/outside", "x"), "aa/outside", "../outside");
    RunError error = refused(1, store(evil));

    assertEquals("CodeUnusable", error.type());
    assertTrue(error.message().contains("'../outside' has '..' in it"), error.message());
    assertEquals(List.of(), unpacked());
    assertFalse(Files.exists(dir.resolve("managed/code/outside")));
    byte[] link = Zips.zip().link("up", "/etc").bytes();
    assertTrue(refused(1, store(link)).message().contains("is absolute"));
    byte[] bomb = Zips.zip().file("b", 0644, new byte[11 << 20]).bytes();
    assertTrue(refused(1, store(bomb)).message().contains("more than 10485760 bytes"));
  }

  @Test
  void codeThatDoesNotExistIsTheFunctionsAffair() throws Exception {
    RunError error = refused(1, new CodeRef("ab".repeat(32), 100, "1"));
    assertEquals("CodeUnusable", error.type());
    assertEquals("CodeUnusable", refused(1, null).type());
    assertEquals("no code has been uploaded for the function", refused(1, null).message());
  }

  @Test
  void codeThatCannotBeReadNowIsReadLater() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x"));
    failure = new Failure.Unavailable("the node is starting", 1_000);
    RunError error = refused(1, code);
    assertEquals("CannotStart", error.type());
    assertEquals(Kind.PLATFORM, error.kind());
    failure = null;

    assertNotNull(acquire(1, code));
    assertEquals(1, unpacked().size());
  }

  @Test
  void aBrokenDiskIsThePlatformsAffair() throws Exception {
    CodeRef code = store(Zips.of("index.py", "x"));
    acquire(1, code).release();
    Path directory = dir.resolve("managed/code");
    Path aside = dir.resolve("aside");
    Files.move(directory, aside);
    RunError error = refused(2, code);
    assertEquals("CannotStart", error.type());
    assertEquals(Kind.PLATFORM, error.kind());
    Files.move(aside, directory);

    assertNotNull(acquire(2, code));
  }

  @Test
  void aDirectoryOthersMayWriteToIsNotUsed() throws Exception {
    acquire(1, store(Zips.of("index.py", "x"))).release();
    Files.setPosixFilePermissions(
        dir.resolve("managed/code"), PosixFilePermissions.fromString("rwxrwxrwx"));
    open(1 << 30, -1, 0);

    RunError error = refused(1, store(Zips.of("index.py", "x")));
    assertEquals(Kind.PLATFORM, error.kind());
    assertTrue(error.message().contains("nobody else may write there"), error.message());
  }

  private CodeRef store(byte[] zip) throws Exception {
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(zip));
    stored.put(sha256, zip);
    return new CodeRef(sha256, zip.length, "0");
  }

  private CodeDirectory acquire(long uid, CodeRef code) throws Exception {
    return join(codes.acquire(function(uid, code)));
  }

  private RunError refused(long uid, CodeRef code) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> acquire(uid, code));
    return assertInstanceOf(StartFailure.class, e.getCause()).error();
  }

  private List<Path> unpacked() throws IOException {
    try (Stream<Path> all = Files.list(dir.resolve("managed/code"))) {
      return all.toList();
    }
  }

  private static Set<Path> asSet(List<Path> paths) {
    return Set.copyOf(paths);
  }

  /** Waits until it is removed, which nobody is told of. */
  private static void gone(Path path) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (Files.exists(path)) {
      assertTrue(System.nanoTime() < giveUp, () -> path + " is not removed");
      Thread.onSpinWait();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static boolean root() throws IOException {
    return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static Function function(long uid, CodeRef code) {
    RuntimeSpec runtime =
        new Managed(
            Language.PYTHON,
            "python3",
            "index.handler",
            code,
            Map.of(),
            256,
            512,
            1,
            null,
            1_000,
            null,
            List.of(),
            0,
            1_000);
    return new Function(
        uid,
        "1234567890123456",
        "default",
        "f" + uid,
        Flavour.NATIVE,
        Invocation.LATEST,
        About.NOTHING,
        runtime,
        60_000,
        16,
        RetryPolicy.NONE,
        0,
        RetentionPolicy.DEFAULT,
        null,
        1,
        1,
        1);
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
