package io.perdure.bus;

/** What the operator of a node asks. */
public final class AdminMessages {
  private AdminMessages() {}

  /** Sent to or answered by the node itself. */
  public sealed interface OfAdmin extends Message {}

  /**
   * Makes an online backup below the node's directory of backups.
   *
   * @param name of the directory to be made: 1 to 64 letters, digits, {@code .}, {@code _}, {@code
   *     -}, not beginning with a dot
   */
  public record MakeBackup(String name) implements OfAdmin {}

  /** Answer to {@link MakeBackup}: the backup is on disk, whole. */
  public record BackupMade(String name, String directory) implements OfAdmin {}
}
