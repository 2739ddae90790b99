package io.perdure.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.FindCode;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.GetUpload;
import io.perdure.bus.CodeMessages.ListUploads;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.bus.CodeMessages.ReadFile;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.bus.Message;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.journal.Batch;
import io.perdure.journal.BatchWriter;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.journal.StandaloneJournal;
import io.perdure.store.Keys;
import io.perdure.store.Store;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreException;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.perdure.testkit.Zips;
import io.perdure.time.VirtualClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Uploads and packages over their real store and journal. */
@ExtendWith(VertxExtension.class)
class PackageVerticleTest {
  private static final long START = 1_700_000_000_000L;
  private static final String ACCOUNT = Samples.ACCOUNT;
  private static final String OTHER = "2222222222222222";
  private static final int MIB = 1 << 20;

  /** Larger than a piece: a zip of random bytes. */
  private static final byte[] ZIP = random(1_200_000);

  @TempDir Path dir;

  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(START));
  private final StoreShared shared = new StoreShared(StoreConfig.DEFAULT);
  private final Registry registry = new Registry();

  private CodeConfig config =
      new CodeConfig(2 * MIB, 1000, 10 * MIB, 3, 5 * MIB, Duration.ofHours(1), Duration.ofHours(1));

  private Vertx vertx;
  private Bus bus;
  private Store store;
  private Journal journal;
  private Packages packages;
  private PackageVerticle verticle;
  private String deployment;
  private volatile long room = Long.MAX_VALUE;
  private volatile boolean journalFails;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    open();
  }

  private void open() throws Exception {
    store = Store.open(dir.resolve("registry"), StoreOptions.registry(shared));
    deploy();
  }

  private void deploy() throws Exception {
    BatchWriter writer =
        batch -> {
          if (journalFails) {
            throw new StoreException("no", null);
          }
          store.write(batch);
        };
    journal = new StandaloneJournal("packages", writer, vertx, new SimpleMeterRegistry());
    packages = new Packages(registry, store, clock, config);
    verticle =
        new PackageVerticle(
            packages,
            () -> new Opening(store, journal),
            store,
            bus,
            clock,
            config,
            dir.resolve("uploads"),
            this::refusal);
    deployment =
        join(
            vertx.deployVerticle(
                verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
  }

  private record Opening(Store store, Journal journal) implements RegistryStorage {
    @Override
    public StoreReader reader() {
      return store;
    }

    @Override
    public void checkpoint(Path directory) {
      store.checkpoint(directory);
    }
  }

  private Failure refusal(long bytes) {
    return bytes > room ? new Failure.Unavailable("the disk is full", 5_000) : null;
  }

  private void undeploy() throws Exception {
    join(vertx.undeploy(deployment));
    join(journal.close());
  }

  private void restart() throws Exception {
    undeploy();
    store.close();
    open();
  }

  @AfterEach
  void close() throws Exception {
    undeploy();
    store.close();
    shared.close();
  }

  // Uploading.

  @Test
  void anUploadInPiecesBecomesAPackage() throws Exception {
    Upload begun = begin(ACCOUNT, ZIP.length);
    assertEquals(0, begun.received());
    assertEquals(ZIP.length, begun.expected());
    add(ACCOUNT, begun.id(), 0, Arrays.copyOfRange(ZIP, 0, 500_000));
    Upload half = get(ACCOUNT, begun.id());
    assertEquals(500_000, half.received());
    add(ACCOUNT, begun.id(), 500_000, Arrays.copyOfRange(ZIP, 500_000, ZIP.length));

    Upload finished = finish(ACCOUNT, begun.id());

    assertEquals(sha256(ZIP), finished.code().sha256());
    assertEquals(ZIP.length, finished.code().bytes());
    Crc64 crc = new Crc64();
    crc.update(ZIP, 0, ZIP.length);
    assertEquals(crc.decimal(), finished.code().crc64());
    assertArrayEquals(ZIP, read(finished.code()));
    assertEquals(finished, get(ACCOUNT, begun.id()));
    assertEquals(finished, finish(ACCOUNT, begun.id()), "asked again");
    assertEquals(List.of(), left("uploads"));
  }

  @Test
  void bytesAtAnotherOffsetAreRefusedWithTheRightOne() throws Exception {
    Upload begun = begin(ACCOUNT, -1);
    add(ACCOUNT, begun.id(), 0, new byte[100]);

    assertEquals(
        new Failure.Conflict("the upload goes on at offset 100, not at 0"),
        failure(Addresses.ADD_TO_UPLOAD, new AddToUpload(ACCOUNT, begun.id(), 0, new byte[1])));
    assertEquals(
        new Failure.Conflict("the upload goes on at offset 100, not at 101"),
        failure(Addresses.ADD_TO_UPLOAD, new AddToUpload(ACCOUNT, begun.id(), 101, new byte[1])));
    assertEquals(100, get(ACCOUNT, begun.id()).received());
  }

  @Test
  void moreBytesThanAnnouncedAreRefused() throws Exception {
    Upload begun = begin(ACCOUNT, 10);

    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.ADD_TO_UPLOAD, new AddToUpload(ACCOUNT, begun.id(), 0, new byte[11])));
    assertEquals(
        new Failure.Conflict("the upload has 0 of 10 bytes"),
        failure(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, begun.id())));
  }

  @Test
  void largerZipsThanAllowedAreRefused() throws Exception {
    Failure tooLarge = new Failure.TooLarge("code", 2 * MIB);
    assertEquals(tooLarge, failure(Addresses.BEGIN_UPLOAD, new BeginUpload(ACCOUNT, 2 * MIB + 1)));
    Upload begun = begin(ACCOUNT, -1);
    add(ACCOUNT, begun.id(), 0, new byte[MIB]);
    add(ACCOUNT, begun.id(), MIB, new byte[MIB]);

    assertEquals(
        tooLarge,
        failure(
            Addresses.ADD_TO_UPLOAD, new AddToUpload(ACCOUNT, begun.id(), 2 * MIB, new byte[1])));
    assertEquals(
        new Failure.TooLarge("bytes", MIB),
        failure(
            Addresses.ADD_TO_UPLOAD,
            new AddToUpload(ACCOUNT, begun.id(), 2 * MIB, new byte[MIB + 1])));
  }

  @Test
  void moreUploadsThanAllowedAreThrottledUntilOneEnds() throws Exception {
    String first = begin(ACCOUNT, -1).id();
    begin(ACCOUNT, -1);
    begin(ACCOUNT, -1);

    Failure failure = failure(Addresses.BEGIN_UPLOAD, new BeginUpload(ACCOUNT, -1));
    assertEquals(
        "registry.code.uploads-max", assertInstanceOf(Failure.Throttled.class, failure).limit());
    begin(OTHER, -1); // another account
    ask(Addresses.ABANDON_UPLOAD, new AbandonUpload(ACCOUNT, first));
    begin(ACCOUNT, -1);
    assertEquals(
        new Failure.NotFound("upload", first),
        failure(Addresses.GET_UPLOAD, new GetUpload(ACCOUNT, first)));
  }

  @Test
  void moreBytesUnderWayThanAllowedAreThrottled() throws Exception {
    for (int i = 0; i < 2; i++) {
      String id = begin(ACCOUNT, -1).id();
      add(ACCOUNT, id, 0, new byte[MIB]);
      add(ACCOUNT, id, MIB, new byte[MIB]);
    }
    String id = begin(OTHER, -1).id();
    add(OTHER, id, 0, new byte[MIB]);

    Failure failure =
        failure(Addresses.ADD_TO_UPLOAD, new AddToUpload(OTHER, id, MIB, new byte[1]));
    assertEquals(
        "registry.code.upload-bytes-max",
        assertInstanceOf(Failure.Throttled.class, failure).limit());
  }

  @Test
  void anotherAccountSeesNothingOfAnUpload() throws Exception {
    Upload begun = begin(ACCOUNT, -1);
    Failure unknown = new Failure.NotFound("upload", begun.id());

    assertEquals(unknown, failure(Addresses.GET_UPLOAD, new GetUpload(OTHER, begun.id())));
    assertEquals(
        unknown,
        failure(Addresses.ADD_TO_UPLOAD, new AddToUpload(OTHER, begun.id(), 0, new byte[1])));
    assertEquals(unknown, failure(Addresses.ABANDON_UPLOAD, new AbandonUpload(OTHER, begun.id())));
    assertEquals(unknown, failure(Addresses.FINISH_UPLOAD, new FinishUpload(OTHER, begun.id())));
    assertEquals(List.of(), list(OTHER));
    assertEquals(List.of(begun), list(ACCOUNT));
  }

  @Test
  void aBrokenZipIsRefusedWithWhatIsWrongAndForgotten() throws Exception {
    byte[] zip = Zips.replaced(Zips.of("aa/passwd", "x"), "aa/passwd", "../passwd");
    Upload begun = begin(ACCOUNT, -1);
    add(ACCOUNT, begun.id(), 0, zip);

    assertEquals(
        new Failure.Invalid("code", "the zip cannot be used: the path '../passwd' has '..' in it"),
        failure(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, begun.id())));
    assertInstanceOf(
        Failure.NotFound.class, failure(Addresses.GET_UPLOAD, new GetUpload(ACCOUNT, begun.id())));
    assertEquals(List.of(), left("uploads"));
    assertEquals(0, keys());
  }

  @Test
  void onlyTheServerMayReadUploads() throws Exception {
    String id = begin(ACCOUNT, -1).id();
    Path uploads = dir.resolve("uploads");

    assertEquals("rwx------", mode(uploads));
    assertEquals("rw-------", mode(uploads.resolve(id)));
  }

  @Test
  void anUploadNobodyAddsToIsGivenUp() throws Exception {
    String idle = begin(ACCOUNT, -1).id();
    String busy = begin(ACCOUNT, -1).id();
    clock.advance(Duration.ofMinutes(40));
    add(ACCOUNT, busy, 0, new byte[1]);
    clock.advance(Duration.ofMinutes(20));

    assertInstanceOf(
        Failure.NotFound.class, failure(Addresses.GET_UPLOAD, new GetUpload(ACCOUNT, idle)));
    assertEquals(1, get(ACCOUNT, busy).received());
    assertEquals(List.of(busy), left("uploads"));
  }

  @Test
  void nothingIsTakenThatTheDiskHasNoRoomFor() throws Exception {
    byte[] zip = Zips.of("index.py", "x");
    Failure full = new Failure.Unavailable("the disk is full", 5_000);
    room = zip.length; // for the upload, not for the package beside it

    assertEquals(full, failure(Addresses.BEGIN_UPLOAD, new BeginUpload(ACCOUNT, zip.length + 1)));
    Upload begun = begin(ACCOUNT, zip.length);
    add(ACCOUNT, begun.id(), 0, zip);
    assertEquals(full, failure(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, begun.id())));
    room = 0;
    assertEquals(
        full,
        failure(
            Addresses.ADD_TO_UPLOAD,
            new AddToUpload(ACCOUNT, begun.id(), zip.length, new byte[1])));
    room = Long.MAX_VALUE;
    assertEquals(begun.id(), finish(ACCOUNT, begun.id()).id());
  }

  @Test
  void anUploadGoesOnWhenTheDiskTakesBytesAgain() throws Exception {
    byte[] zip = Zips.of("index.py", "x");
    String id = begin(ACCOUNT, -1).id();
    Path file = dir.resolve("uploads").resolve(id);
    Path aside = dir.resolve("aside");
    add(ACCOUNT, id, 0, Arrays.copyOf(zip, 20));
    Files.move(file, aside);
    byte[] rest = Arrays.copyOfRange(zip, 20, zip.length);

    Failure failure = failure(Addresses.ADD_TO_UPLOAD, new AddToUpload(ACCOUNT, id, 20, rest));
    assertTrue(
        assertInstanceOf(Failure.Unavailable.class, failure)
            .message()
            .startsWith("the upload cannot be stored"));
    assertInstanceOf(
        Failure.Unavailable.class, failure(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, id)));
    Files.move(aside, file);
    add(ACCOUNT, id, 20, rest);
    assertEquals(sha256(zip), finish(ACCOUNT, id).code().sha256());
  }

  @Test
  void nothingIsStoredAnyMoreWhenACommitHasFailed() throws Exception {
    CodeRef before = upload(ACCOUNT, ZIP);
    Upload begun = begin(ACCOUNT, -1);
    add(ACCOUNT, begun.id(), 0, Zips.of("index.py", "x"));
    journalFails = true;

    assertInstanceOf(
        Failure.Unavailable.class,
        failure(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, begun.id())));
    journalFails = false;
    assertInstanceOf(
        Failure.Unavailable.class, failure(Addresses.BEGIN_UPLOAD, new BeginUpload(ACCOUNT, -1)));
    assertTrue(verticle.problem().contains("has failed"));
    assertArrayEquals(ZIP, read(before), "what was committed is served on");
  }

  // Packages.

  @Test
  void theSameBytesAreStoredOnce() throws Exception {
    CodeRef first = upload(ACCOUNT, ZIP);
    long keys = keys();

    assertEquals(first, upload(OTHER, ZIP));
    assertEquals(keys, keys());
    assertEquals(first, find(ACCOUNT, first));
    assertEquals(first, find(OTHER, first));
  }

  @Test
  void whatIsUploadedTwiceAtATimeIsStoredOnce() throws Exception {
    byte[] zip = Zips.of("index.py", "x");
    String one = begin(ACCOUNT, -1).id();
    String two = begin(OTHER, -1).id();
    add(ACCOUNT, one, 0, zip);
    add(OTHER, two, 0, zip);

    Future<?> both =
        Future.all(
            bus.request(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, one)),
            bus.request(Addresses.FINISH_UPLOAD, new FinishUpload(OTHER, two)));
    join(both);

    assertEquals(3, keys()); // what it is, names, one piece
    assertEquals(find(ACCOUNT, get(ACCOUNT, one).code()), find(OTHER, get(OTHER, two).code()));
  }

  @Test
  void aPackageIsFoundOnlyByThoseWhoUploadedOrUseIt() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    Failure unknown = new Failure.NotFound("code package", code.sha256());

    assertEquals(unknown, failure(Addresses.FIND_CODE, new FindCode(OTHER, code.sha256())));
    registry.put(using(7, OTHER, code));
    assertEquals(code, find(OTHER, code));
  }

  @Test
  void aPieceThatIsNotThereIsRefused() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);

    assertInstanceOf(
        Failure.Invalid.class, failure(Addresses.READ_CODE, new ReadCode(code.sha256(), 3)));
    assertInstanceOf(
        Failure.NotFound.class, failure(Addresses.READ_CODE, new ReadCode("no hash", 0)));
  }

  @Test
  void oneFileOfALargePackageIsReadByItself() throws Exception {
    CodeRef code = upload(ACCOUNT, random(2 * MIB)); // with index.py behind its data

    assertArrayEquals("x".getBytes(UTF_8), file(code, 1, "main.py", "index.py"));
    assertNull(file(code, 0, "index.py"), "too large");
    assertNull(file(code, MIB, "index.js"), "not there");
  }

  private byte[] file(CodeRef code, int bytesMax, String... paths) throws Exception {
    return ask(Addresses.READ_FILE, new ReadFile(code.sha256(), List.of(paths), bytesMax)).bytes();
  }

  @Test
  void finishedUploadsAreListedUntilTheirPackageIsUsed() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    assertEquals(List.of(code), list(ACCOUNT).stream().map(Upload::code).toList());

    registry.put(using(7, ACCOUNT, code));
    assertEquals(List.of(), list(ACCOUNT));
  }

  @Test
  void aFinishedUploadCanBeForgotten() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    String id = list(ACCOUNT).get(0).id();
    ask(Addresses.ABANDON_UPLOAD, new AbandonUpload(ACCOUNT, id));

    assertEquals(List.of(), list(ACCOUNT));
    assertInstanceOf(
        Failure.NotFound.class, failure(Addresses.FIND_CODE, new FindCode(ACCOUNT, code.sha256())));
  }

  @Test
  void packagesAndFinishedUploadsOutliveARestartAndOthersDoNot() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    Upload finished = list(ACCOUNT).get(0);
    String under = begin(ACCOUNT, -1).id();
    add(ACCOUNT, under, 0, new byte[100]);
    restart();

    assertEquals(code, find(ACCOUNT, code));
    assertArrayEquals(ZIP, read(code));
    assertEquals(finished, get(ACCOUNT, finished.id()));
    assertInstanceOf(
        Failure.NotFound.class, failure(Addresses.GET_UPLOAD, new GetUpload(ACCOUNT, under)));
    assertEquals(List.of(), left("uploads"));
    assertTrue(packages.claim(code));
  }

  @Test
  void whatACrashLeftHalfWrittenIsRemovedAtTheStart() throws Exception {
    upload(ACCOUNT, ZIP);
    long keys = keys();
    String sha256 = "ab".repeat(32);
    byte[] hash = PackageRecords.hash(sha256);
    store.write(
        PackageRecords.begin(sha256, 3L * CodeMessages.CHUNK_BYTES)
            .append(new Batch().put(Family.CODE, Keys.codePiece(hash, 0), new byte[10]))
            .append(new Batch().put(Family.CODE, Keys.codePiece(hash, 2), new byte[10])));
    restart();

    assertEquals(keys, keys());
  }

  @Test
  void aNewerFormatIsNotTouched() throws Exception {
    byte[] hash = PackageRecords.hash("ab".repeat(32));
    store.write(new Batch().put(Family.CODE, Keys.code(hash), "{\"v\": 2}".getBytes(UTF_8)));
    undeploy();

    ExecutionException e = assertThrows(ExecutionException.class, this::deploy);
    assertTrue(e.getCause().getMessage().contains("only 1 is known"), e::toString);
    store.write(new Batch().delete(Family.CODE, Keys.code(hash)));
    deploy();
  }

  // What is not needed any more.

  @Test
  void aPackageNobodyUsesGoesAfterAnHour() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    clock.advance(Duration.ofMinutes(59));
    assertEquals(code, find(ACCOUNT, code));
    clock.advance(Duration.ofMinutes(1));

    assertInstanceOf(
        Failure.NotFound.class, failure(Addresses.FIND_CODE, new FindCode(ACCOUNT, code.sha256())));
    assertFalse(packages.claim(code));
    restart(); // ends behind the removal
    assertEquals(0, keys());
  }

  @Test
  void aClaimKeepsAPackageForAnotherHour() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    clock.advance(Duration.ofMinutes(59));
    assertTrue(packages.claim(code));
    assertFalse(packages.claim(new CodeRef(code.sha256(), 1, code.crc64())));
    clock.advance(Duration.ofMinutes(59));
    assertEquals(1, packages.count());
    clock.advance(Duration.ofMinutes(1));
    assertEquals(0, packages.count());
  }

  @Test
  void aPackageStaysWhileAFunctionUsesItAndAnHourLonger() throws Exception {
    CodeRef code = upload(ACCOUNT, ZIP);
    Function function = using(7, ACCOUNT, code);
    registry.put(function);
    clock.advance(Duration.ofDays(3));
    assertArrayEquals(ZIP, read(code));
    registry.remove(function);
    clock.advance(Duration.ofMinutes(59));
    assertArrayEquals(ZIP, read(code));
    clock.advance(Duration.ofMinutes(1));
    assertEquals(0, packages.count());
  }

  @Test
  void whatIsUploadedWhileItIsRemovedIsThereInTheEnd() throws Exception {
    byte[] zip = Zips.of("index.py", "x");
    CodeRef code = upload(ACCOUNT, zip);
    Upload again = begin(ACCOUNT, -1);
    clock.advance(Duration.ofMinutes(59));
    add(ACCOUNT, again.id(), 0, zip);
    Future<?> finishing =
        bus.request(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, again.id()));
    clock.advance(Duration.ofMinutes(1));
    join(finishing);

    assertEquals(code, find(ACCOUNT, code));
    assertArrayEquals(zip, read(code));
  }

  @Test
  void aHandlerThatThePackageDoesNotHaveIsTold() throws Exception {
    CodeRef code = upload(ACCOUNT, Zips.of("index.py", "x"));

    assertTrue(packages.problem(Samples.python('a').withCode(code)).isEmpty());
    CodeRef other = upload(ACCOUNT, Zips.of("main.py", "x"));
    assertEquals(
        "handler 'index.main_handler' names index.py, which the code package does not have",
        packages.problem(Samples.python('a').withCode(other)).orElseThrow());
  }

  @Test
  void hundredMebibytesGoInAndComeOut() throws Exception {
    config =
        new CodeConfig(
            100L * MIB, 1000, 200L * MIB, 3, 200L * MIB, Duration.ofHours(1), Duration.ofHours(1));
    restart();
    byte[] zip = random(100 * MIB - 65_536);
    long begun = System.nanoTime();
    CodeRef code = upload(ACCOUNT, zip);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    CodeRead piece;
    int next = 0;
    do {
      piece = ask(Addresses.READ_CODE, new ReadCode(code.sha256(), next++));
      digest.update(piece.bytes());
    } while (!piece.last());

    assertEquals(code.sha256(), HexFormat.of().formatHex(digest.digest()));
    assertEquals(200, next);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    assertTrue(seconds < 120, "it took " + seconds + " s");
  }

  // What all of them need.

  static byte[] random(int bytes) {
    byte[] content = new byte[bytes - 1000];
    new Random(bytes).nextBytes(content);
    return Zips.zip().level(0).file("data", 0644, content).file("index.py", "x").bytes();
  }

  private static Function using(long uid, String account, CodeRef code) {
    return Samples.with(
        Samples.function(uid, account, "default", "f" + uid), Samples.python('a').withCode(code));
  }

  private Upload begin(String account, long expected) throws Exception {
    return ask(Addresses.BEGIN_UPLOAD, new BeginUpload(account, expected)).upload();
  }

  private void add(String account, String id, long offset, byte[] bytes) throws Exception {
    Upload after =
        ask(Addresses.ADD_TO_UPLOAD, new AddToUpload(account, id, offset, bytes)).upload();
    assertEquals(offset + bytes.length, after.received());
  }

  private Upload finish(String account, String id) throws Exception {
    return ask(Addresses.FINISH_UPLOAD, new FinishUpload(account, id)).upload();
  }

  private Upload get(String account, String id) throws Exception {
    return ask(Addresses.GET_UPLOAD, new GetUpload(account, id)).upload();
  }

  private List<Upload> list(String account) throws Exception {
    return ask(Addresses.LIST_UPLOADS, new ListUploads(account)).uploads();
  }

  private CodeRef find(String account, CodeRef code) throws Exception {
    return ask(Addresses.FIND_CODE, new FindCode(account, code.sha256())).code();
  }

  private CodeRef upload(String account, byte[] zip) throws Exception {
    String id = begin(account, zip.length).id();
    for (int at = 0; at < zip.length; at += MIB) {
      add(account, id, at, Arrays.copyOfRange(zip, at, Math.min(zip.length, at + MIB)));
    }
    return finish(account, id).code();
  }

  private byte[] read(CodeRef code) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    CodeRead piece;
    int next = 0;
    do {
      piece = ask(Addresses.READ_CODE, new ReadCode(code.sha256(), next++));
      all.write(piece.bytes());
    } while (!piece.last());
    return all.toByteArray();
  }

  private long keys() {
    long keys = 0;
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(Family.CODE, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        keys++;
      }
    }
    return keys;
  }

  private List<String> left(String directory) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(PackageCheck.sha256().digest(bytes));
  }

  private <Q extends Message, R extends Message> R ask(Address<Q, R> to, Q message)
      throws Exception {
    return join(bus.request(to, message));
  }

  private <Q extends Message, R extends Message> Failure failure(Address<Q, R> to, Q message) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> ask(to, message));
    return assertInstanceOf(FailureException.class, e.getCause()).failure();
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
