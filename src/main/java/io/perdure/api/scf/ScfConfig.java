package io.perdure.api.scf;

import static io.perdure.config.Rule.between;
import static io.perdure.config.Rule.matching;

import io.perdure.config.Section;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/**
 * The SCF dialect.
 *
 * @param region of a call that names none
 * @param regions that calls may name, the default one among them
 * @param timeZone of all times in answers and parameters
 * @param eventBytesMax largest payload of an asynchronous invocation, 1 KiB to 64 MiB
 * @param bodyBytesMax largest body of a request, 1 MiB to 64 MiB
 * @param codeBodyBytesMax the same where a code package may be in it, 1 MiB to 512 MiB
 * @param formBytesMax largest body of a form, 64 KiB to 64 MiB
 * @param invokeWaitMax longest wait of a caller for a result, 1 s to 55 min
 * @param waitsMax most callers who wait for a result or an end at once, 1 to 1 000 000
 * @param clockSkew furthest a request's time may be from the server's, 1 s to 1 h
 */
public record ScfConfig(
    String region,
    List<String> regions,
    ZoneId timeZone,
    int eventBytesMax,
    int bodyBytesMax,
    int codeBodyBytesMax,
    int formBytesMax,
    Duration invokeWaitMax,
    int waitsMax,
    Duration clockSkew) {

  private static final long MIB = 1L << 20;

  /** Where the cloud has GetAsyncEventStatus (spec tencent-scf, section 8). */
  private static final List<String> REGIONS =
      List.of(
          "ap-beijing",
          "ap-chengdu",
          "ap-chongqing",
          "ap-guangzhou",
          "ap-hongkong",
          "ap-jakarta",
          "ap-mumbai",
          "ap-nanjing",
          "ap-seoul",
          "ap-shanghai",
          "ap-shanghai-fsi",
          "ap-shenzhen-fsi",
          "ap-singapore",
          "ap-tokyo",
          "eu-frankfurt",
          "na-siliconvalley",
          "sa-saopaulo");

  public ScfConfig {
    regions = List.copyOf(regions);
  }

  /** Reads the section {@code scf}; {@code region} is what functions are told, too. */
  public static ScfConfig read(Section scf, String region) {
    List<String> regions =
        scf.list(
            "regions",
            REGIONS,
            matching(
                list ->
                    !list.isEmpty() && list.stream().allMatch(r -> r.matches("[a-z0-9-]{1,40}")),
                "at least one, each 1 to 40 lower case letters, digits and hyphens"));
    if (!regions.contains(region)) {
      scf.problem("regions", "expected scf.region (" + region + ") to be among them");
    }
    return new ScfConfig(
        region,
        regions,
        ZoneId.of(
            scf.text(
                "time-zone",
                "Asia/Shanghai",
                matching(ScfConfig::isZone, "a time zone, such as Asia/Shanghai or UTC"))),
        (int) scf.bytes("event-bytes-max", 128 * 1024, between(1_024L, 64 * MIB)),
        (int) scf.bytes("body-bytes-max", 16 * MIB, between(MIB, 64 * MIB)),
        (int) scf.bytes("code-body-bytes-max", 72 * MIB, between(MIB, 512 * MIB)),
        (int) scf.bytes("form-bytes-max", MIB, between(64 * 1_024L, 64 * MIB)),
        scf.duration(
            "invoke-wait-max",
            Duration.ofMinutes(5),
            between(Duration.ofSeconds(1), Duration.ofMinutes(55))),
        scf.integer("waits-max", 10_000, between(1, 1_000_000)),
        scf.duration(
            "clock-skew",
            Duration.ofMinutes(5),
            between(Duration.ofSeconds(1), Duration.ofHours(1))));
  }

  private static boolean isZone(String text) {
    try {
      ZoneId.of(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  /** The same, with no caller waiting longer than a connection may be idle. */
  public ScfConfig within(Duration idleTimeout) {
    Duration most = idleTimeout.minusSeconds(15);
    return invokeWaitMax.compareTo(most) <= 0
        ? this
        : new ScfConfig(
            region,
            regions,
            timeZone,
            eventBytesMax,
            bodyBytesMax,
            codeBodyBytesMax,
            formBytesMax,
            most,
            waitsMax,
            clockSkew);
  }
}
