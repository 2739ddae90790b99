package io.perdure.api.auth;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.api.auth.AccountsFile.Opened;
import io.perdure.config.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsFileTest {
  private static final String CONTENT =
      "{\"accounts\": [{\"id\": \"1\", \"keys\": [{\"id\": \"k\", \"secret\": \"hidden-secret\"}],"
          + " \"tokens\": [\"hidden-token\"]}]}";

  @TempDir Path dir;

  private final Problems problems = new Problems();
  private final List<String> logged = new ArrayList<>();
  private final Logger logger = Logger.getLogger(AccountsFile.class.getName());
  private final Handler capture =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void captureLog() {
    logger.addHandler(capture);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void releaseLog() {
    logger.removeHandler(capture);
    logger.setUseParentHandlers(true);
  }

  @Test
  void firstStartMakesAnAccountThatItsOwnerAloneCanRead() throws IOException {
    Path data = dir.resolve("new/data");
    Opened opened = open(data);
    assertTrue(opened.created());
    assertEquals(data.resolve("accounts.json"), opened.file());
    assertEquals(fromString("rw-------"), Files.getPosixFilePermissions(opened.file()));
    assertEquals(fromString("rwx------"), Files.getPosixFilePermissions(data));
    assertEquals(List.of(), logged);
  }

  @Test
  void madeAccountHasARandomIdKeyAndToken() throws IOException {
    Opened opened = open(dir);
    JsonNode json = JsonMapper.builder().build().readTree(opened.file().toFile());
    JsonNode account = json.at("/accounts/0");
    assertTrue(account.get("id").textValue().matches("[1-9][0-9]{15}"));
    assertEquals("default", account.get("name").textValue());
    String token = account.at("/tokens/0").textValue();
    assertTrue(token.matches("pdt_[A-Za-z0-9_-]{43}"), "256 bits in base64url");
    assertTrue(account.at("/keys/0/secret").textValue().matches("pds_[A-Za-z0-9_-]{43}"));
    Account read = opened.accounts().all().get(0);
    assertEquals(Optional.of(read), opened.accounts().byToken(token));
    assertTrue(opened.accounts().byKeyId(account.at("/keys/0/id").textValue()).isPresent());
  }

  @Test
  void twoDirectoriesGetDifferentAccounts() {
    Account one = open(dir.resolve("a")).accounts().all().get(0);
    Account two = open(dir.resolve("b")).accounts().all().get(0);
    assertFalse(one.id().equals(two.id()));
    assertFalse(one.keys().equals(two.keys()));
  }

  @Test
  void nextStartReadsWhatTheFirstOneMade() throws IOException {
    Opened first = open(dir);
    Opened second = open(dir);
    assertFalse(second.created());
    assertEquals(first.accounts().all(), second.accounts().all());
    try (var files = Files.list(dir)) {
      assertEquals(List.of(dir.resolve("accounts.json")), files.toList());
    }
  }

  @Test
  void processesThatStartAtOnceEndWithOneAccount() throws Exception {
    int starts = 8;
    ExecutorService threads = Executors.newFixedThreadPool(starts);
    try {
      var barrier = new CyclicBarrier(starts);
      Callable<Opened> start =
          () -> {
            barrier.await();
            return AccountsFile.open(Optional.empty(), dir, new Problems()).orElseThrow();
          };
      Set<List<Account>> seen = new HashSet<>();
      int made = 0;
      for (Future<Opened> opened : threads.invokeAll(Collections.nCopies(starts, start))) {
        seen.add(opened.get().accounts().all());
        made += opened.get().created() ? 1 : 0;
      }
      assertEquals(1, seen.size());
      assertEquals(1, made);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void configuredFileIsReadAndNothingIsMade() throws IOException {
    Path file = write("rw-------");
    Path data = dir.resolve("data");
    Opened opened = AccountsFile.open(Optional.of(file), data, problems).orElseThrow();
    assertEquals(file, opened.file());
    assertFalse(opened.created());
    assertTrue(opened.accounts().byToken("hidden-token").isPresent());
    assertFalse(Files.exists(data));
    assertEquals(List.of(), logged);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw-r--r--", "rw----r--", "rw--w----"})
  void fileOpenToOthersIsReadWithAWarningThatShowsNoSecret(String mode) throws IOException {
    Path file = write(mode);
    assertTrue(AccountsFile.open(Optional.of(file), dir, problems).isPresent());
    assertEquals(
        List.of(
            file
                + " holds secrets but is open to others than its owner ("
                + mode
                + "); chmod 600 closes it"),
        logged);
  }

  @Test
  void configuredFileThatIsAbsentIsAProblem() {
    Path file = dir.resolve("none.json");
    assertEquals(Optional.empty(), AccountsFile.open(Optional.of(file), dir, problems));
    assertEquals(List.of(file + ": accounts cannot be read: no such file"), problems.messages());
  }

  @Test
  void directoryInPlaceOfTheFileIsAProblem() {
    assertEquals(Optional.empty(), AccountsFile.open(Optional.of(dir), dir, problems));
    assertEquals(1, problems.messages().size());
    assertTrue(problems.toString().startsWith(dir + ": accounts cannot be read: "));
  }

  @Test
  void brokenFileIsAProblemAndIsNotReplaced() throws IOException {
    Path file = Files.writeString(dir.resolve("accounts.json"), CONTENT.substring(0, 40));
    assertEquals(Optional.empty(), AccountsFile.open(Optional.empty(), dir, problems));
    assertEquals(1, problems.messages().size(), problems::toString);
    assertEquals(CONTENT.substring(0, 40), Files.readString(file));
  }

  @Test
  void dataDirectoryThatCannotBeMadeIsAProblem() throws IOException {
    Path blocked = Files.writeString(dir.resolve("file"), "").resolve("data");
    assertEquals(Optional.empty(), AccountsFile.open(Optional.empty(), blocked, problems));
    assertEquals(1, problems.messages().size(), problems::toString);
    assertTrue(
        problems
            .toString()
            .contains("accounts.json: there is no accounts file, and none can be made: "),
        problems::toString);
  }

  @Test
  void openedShowsNoSecret() throws IOException {
    Opened opened = AccountsFile.open(Optional.of(write("rw-------")), dir, problems).orElseThrow();
    assertFalse(opened.toString().contains("hidden"), opened::toString);
  }

  private Opened open(Path data) {
    var opened = AccountsFile.open(Optional.empty(), data, problems);
    assertEquals(List.of(), problems.messages());
    return opened.orElseThrow();
  }

  private Path write(String mode) throws IOException {
    Path file = Files.writeString(dir.resolve("mine.json"), CONTENT);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
