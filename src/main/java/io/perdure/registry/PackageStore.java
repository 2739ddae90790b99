package io.perdure.registry;

import io.perdure.bus.CodeMessages;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.invocation.CodeRef;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.registry.PackageCheck.Checked;
import io.perdure.registry.PackageRecords.StoredPackage;
import io.perdure.store.Keys;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Writes packages to the journal and reads them back, in pieces. Thread: the one of {@link
 * PackageVerticle}, which may block.
 */
final class PackageStore {
  /** Pieces in one commit: little enough not to be in the way of the registry's. */
  private static final int PIECES_PER_COMMIT = 4;

  private final Journal journal;

  PackageStore(Journal journal) {
    this.journal = journal;
  }

  Future<Void> commit(Batch batch) {
    return journal.commit(batch);
  }

  /**
   * Stores a package: first a note that it is being written, then its bytes, last what makes it
   * visible. Fails with {@link IOException} when the file cannot be read or is not what was
   * checked, after which the pieces are removed again.
   */
  Future<Void> write(Path file, Checked checked, StoredPackage as) {
    Writing writing = new Writing(file, checked, as);
    return commit(PackageRecords.begin(as.code().sha256(), as.code().bytes()))
        .compose(
            noted -> {
              writing.next();
              return writing.end.future();
            });
  }

  /** One package being written: a callback after another, since there may be hundreds. */
  private final class Writing {
    private final Path file;
    private final Checked checked;
    private final StoredPackage as;
    private final byte[] hash;
    private final int pieces;
    private final MessageDigest read = PackageCheck.sha256();
    private final Promise<Void> end = Promise.promise();
    private int done;

    Writing(Path file, Checked checked, StoredPackage as) {
      this.file = file;
      this.checked = checked;
      this.as = as;
      hash = PackageRecords.hash(as.code().sha256());
      pieces = PackageRecords.pieces(as.code().bytes());
    }

    void next() {
      Batch batch;
      boolean last = done == pieces;
      try {
        batch = last ? last() : piecesOf();
      } catch (IOException e) {
        commit(PackageRecords.remove(as.code().sha256(), as.code().bytes()))
            .onComplete(removed -> end.fail(removed.failed() ? removed.cause() : e));
        return;
      }
      commit(batch)
          .onFailure(end::fail)
          .onSuccess(
              committed -> {
                if (last) {
                  end.complete();
                } else {
                  next();
                }
              });
    }

    private Batch piecesOf() throws IOException {
      Batch batch = new Batch();
      try (FileChannel from = FileChannel.open(file)) {
        for (int i = 0; i < PIECES_PER_COMMIT && done < pieces; i++) {
          long offset = (long) done * CodeMessages.CHUNK_BYTES;
          byte[] piece =
              new byte[(int) Math.min(CodeMessages.CHUNK_BYTES, as.code().bytes() - offset)];
          ByteBuffer to = ByteBuffer.wrap(piece);
          while (to.hasRemaining() && from.read(to, offset + to.position()) >= 0) {
            // until it is full
          }
          read.update(piece);
          batch.put(Family.CODE, Keys.codePiece(hash, done++), piece);
        }
      }
      return batch;
    }

    private Batch last() throws IOException {
      if (!Arrays.equals(read.digest(), hash)) {
        throw new IOException(file + " has other bytes than when it was checked");
      }
      return PackageRecords.finish(as, checked.files());
    }
  }

  /** Removes a package, or what there is of it. */
  Future<Void> remove(String sha256, long bytes) {
    return commit(PackageRecords.remove(sha256, bytes));
  }

  /** One piece, from {@code store}. */
  static CodeRead read(StoreReader store, CodeRef code, int piece) {
    byte[] bytes =
        store.get(Family.CODE, Keys.codePiece(PackageRecords.hash(code.sha256()), piece));
    if (bytes == null) {
      throw new StoreException(
          "code package " + code.sha256() + " is damaged: piece " + piece + " is missing", null);
    }
    return new CodeRead(bytes, piece == PackageRecords.pieces(code.bytes()) - 1);
  }
}
