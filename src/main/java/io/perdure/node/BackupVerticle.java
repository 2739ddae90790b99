package io.perdure.node;

import io.perdure.bus.Addresses;
import io.perdure.bus.AdminMessages.BackupMade;
import io.perdure.bus.AdminMessages.MakeBackup;
import io.perdure.bus.Bus;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Makes online backups, one after another. Thread: worker. A caller names a backup, never a path: a
 * token of the API is no right to write anywhere on the machine.
 */
final class BackupVerticle extends VerticleBase {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

  private final Ground ground;
  private final Bus bus;
  private final Clock clock;

  BackupVerticle(Ground ground, Bus bus, Clock clock) {
    this.ground = ground;
    this.bus = bus;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    return bus.serve(Addresses.MAKE_BACKUP, this::make);
  }

  private Future<BackupMade> make(MakeBackup make) {
    if (make.name() == null || !NAME.matcher(make.name()).matches()) {
      throw new FailureException(
          new Failure.Invalid(
              "name", "expected 1 to 64 letters, digits, '.', '_' or '-', not beginning with '.'"));
    }
    Path target = ground.path().resolve("backups").resolve(make.name());
    if (Files.exists(target)) {
      throw new FailureException(
          new Failure.Conflict("there is a backup named '" + make.name() + "' already"));
    }
    ground.backup(target, clock);
    return Future.succeededFuture(new BackupMade(make.name(), target.toAbsolutePath().toString()));
  }
}
