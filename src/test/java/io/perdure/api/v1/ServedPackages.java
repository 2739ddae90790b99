package io.perdure.api.v1;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.CodeFound;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.FindCode;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.bus.CodeMessages.UploadsListed;
import io.perdure.bus.Done;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses of code packages, served from memory: takes what begins like a zip. Thread-safe, so
 * that a test can look at it while it is asked.
 */
final class ServedPackages {
  static final int BYTES_MAX = 4 << 20;

  /** Stored packages by their hash. */
  final Map<String, byte[]> stored = new ConcurrentHashMap<>();

  /** Uploads as they are now, by id. */
  final Map<String, Upload> uploads = new ConcurrentHashMap<>();

  /** Sizes of all pieces that were added, in order. */
  final List<Integer> pieces = new ArrayList<>();

  /** What every piece waits for before it is taken. */
  volatile Future<?> gate = Future.succeededFuture();

  private final Map<String, ByteArrayOutputStream> received = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();
  private int begun;

  ServedPackages(Bus bus) {
    bus.serve(Addresses.BEGIN_UPLOAD, asked -> Future.succeededFuture(begin(asked)));
    bus.serve(Addresses.ADD_TO_UPLOAD, asked -> gate.map(opened -> add(asked)));
    bus.serve(Addresses.FINISH_UPLOAD, asked -> Future.succeededFuture(finish(asked)));
    bus.serve(Addresses.ABANDON_UPLOAD, asked -> Future.succeededFuture(abandon(asked)));
    bus.serve(
        Addresses.GET_UPLOAD,
        asked -> Future.succeededFuture(new UploadState(find(asked.account(), asked.id()))));
    bus.serve(Addresses.LIST_UPLOADS, asked -> Future.succeededFuture(list(asked.account())));
    bus.serve(Addresses.FIND_CODE, asked -> Future.succeededFuture(find(asked)));
    bus.serve(Addresses.READ_CODE, asked -> Future.succeededFuture(read(asked)));
  }

  private synchronized UploadState begin(BeginUpload asked) {
    if (asked.expected() > BYTES_MAX) {
      throw new FailureException(new Failure.TooLarge("code", BYTES_MAX));
    }
    String id = "u" + ++begun;
    received.put(id, new ByteArrayOutputStream());
    owners.put(id, asked.account());
    return put(new Upload(id, 0, asked.expected(), null, 1, 1));
  }

  private synchronized UploadState add(AddToUpload asked) {
    Upload upload = find(asked.account(), asked.id());
    if (upload.received() != asked.offset()) {
      throw new FailureException(new Failure.Conflict("received are " + upload.received()));
    }
    received.get(asked.id()).writeBytes(asked.bytes());
    pieces.add(asked.bytes().length);
    int size = received.get(asked.id()).size();
    if (size > BYTES_MAX) {
      throw new FailureException(new Failure.TooLarge("code", BYTES_MAX));
    }
    return put(new Upload(upload.id(), size, upload.expected(), null, 1, 2));
  }

  private synchronized UploadState finish(FinishUpload asked) {
    Upload upload = find(asked.account(), asked.id());
    byte[] zip = received.get(asked.id()).toByteArray();
    if (zip.length < 2 || zip[0] != 'P' || zip[1] != 'K') {
      throw new FailureException(new Failure.Invalid("code", "expected a zip"));
    }
    CodeRef code = new CodeRef(sha256(zip), zip.length, "0");
    stored.put(code.sha256(), zip);
    return put(new Upload(upload.id(), zip.length, upload.expected(), code, 1, 3));
  }

  private synchronized Done abandon(AbandonUpload asked) {
    uploads.remove(find(asked.account(), asked.id()).id());
    return Done.DONE;
  }

  private UploadState put(Upload upload) {
    uploads.put(upload.id(), upload);
    return new UploadState(upload);
  }

  private synchronized Upload find(String account, String id) {
    Upload upload = uploads.get(id);
    if (upload == null || !owners.get(id).equals(account)) {
      throw new FailureException(new Failure.NotFound("upload", id));
    }
    return upload;
  }

  private synchronized UploadsListed list(String account) {
    return new UploadsListed(
        uploads.values().stream().filter(u -> owners.get(u.id()).equals(account)).toList());
  }

  private CodeFound find(FindCode asked) {
    byte[] zip = stored.get(asked.sha256());
    if (zip == null) {
      throw new FailureException(new Failure.NotFound("code", asked.sha256()));
    }
    return new CodeFound(new CodeRef(asked.sha256(), zip.length, "0"));
  }

  private CodeRead read(ReadCode asked) {
    byte[] zip = stored.get(asked.sha256());
    int from = asked.chunk() * CodeMessages.CHUNK_BYTES;
    int to = Math.min(zip.length, from + CodeMessages.CHUNK_BYTES);
    return new CodeRead(Arrays.copyOfRange(zip, from, to), to == zip.length);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
