package io.perdure.runtime.managed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tells what another user may execute or enter. Blocks. */
final class Reach {
  private static final int OWNER = 0100;
  private static final int GROUP = 0010;
  private static final int OTHERS = 0001;

  private Reach() {}

  /**
   * What keeps {@code user} from executing or entering {@code path}, in words.
   *
   * @param group the user's second group, or -1
   */
  static Optional<String> obstacle(Path path, int user, int group) throws IOException {
    Path real = path.toRealPath();
    for (Path part = real; part != null; part = part.getParent()) {
      if (!open(part, user, group)) {
        return Optional.of(
            part.equals(real)
                ? path + " may not be executed by other users"
                : path + " is out of reach for other users, who may not enter " + part);
      }
    }
    return Optional.empty();
  }

  private static boolean open(Path path, int user, int group) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    int owner = (Integer) Files.getAttribute(path, "unix:uid");
    int owners = (Integer) Files.getAttribute(path, "unix:gid");
    if (owner == user) {
      return (mode & OWNER) != 0;
    }
    if (owners == user || owners == group) {
      return (mode & GROUP) != 0;
    }
    return (mode & OTHERS) != 0;
  }
}
