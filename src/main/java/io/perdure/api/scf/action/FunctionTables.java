package io.perdure.api.scf.action;

import static io.perdure.api.scf.wire.Field.base64;
import static io.perdure.api.scf.wire.Field.bool;
import static io.perdure.api.scf.wire.Field.flag;
import static io.perdure.api.scf.wire.Field.integer;
import static io.perdure.api.scf.wire.Field.object;
import static io.perdure.api.scf.wire.Field.objects;
import static io.perdure.api.scf.wire.Field.text;
import static io.perdure.api.scf.wire.Field.texts;

import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Shape;
import java.util.List;
import java.util.regex.Pattern;

/** The parameters of the actions on functions (spec tencent-scf, sections 4 and 5.3). */
final class FunctionTables {
  private static final int MEMORY_STEP_MB = 128;
  private static final int MEMORY_MB_LEAST = 64;
  private static final int MEMORY_MB_MOST = 3_072;

  private static final Field NAME = Names.FUNCTION;
  private static final Field NAMESPACE = Names.NAMESPACE;
  private static final Field PUBLISH = flag("Publish");

  private static final Shape IMAGE =
      Shape.of(
          text("ImageType").required(),
          text("ImageUri").required(),
          text("RegistryId"),
          text("EntryPoint"),
          text("Command"),
          text("Args"),
          bool("ContainerImageAccelerate"),
          integer("ImagePort"));

  private static final Field ZIP = base64("ZipFile").code("ZipFileBase64BinasciiError");

  private static final Shape CODE =
      Shape.of(
          ZIP,
          text("CosBucketName"),
          text("CosObjectName"),
          text("CosBucketRegion"),
          text("DemoId"),
          text("TempCosObjectName"),
          text("GitUrl"),
          text("GitUserName"),
          text("GitPassword"),
          text("GitPasswordSecret"),
          text("GitBranch"),
          text("GitDirectory"),
          text("GitCommitId"),
          text("GitUserNameSecret"),
          object("ImageConfig", IMAGE));

  private static final Shape VARIABLE =
      Shape.of(
          text("Key")
              .required()
              .code("Environment")
              .matching(
                  Pattern.compile("[A-Za-z][A-Za-z0-9_]*"),
                  "expected letters, digits and _, the first one a letter"),
          text("Value")
              .code("Environment")
              .check(value -> value.textValue().indexOf('\0') < 0, "expected text without a NUL"));

  private static final Shape DEAD_LETTER =
      Shape.of(text("Type").required(), text("Name").required(), text("FilterType"));

  private static final Shape LAYER =
      Shape.of(text("LayerName").required(), integer("LayerVersion").required());

  private static final Shape PUBLIC_NET =
      Shape.of(
          text("PublicNetStatus").required().oneOf("ENABLE", "DISABLE"),
          object("EipConfig", Shape.of(text("EipStatus").required().oneOf("ENABLE", "DISABLE"))));

  private static final Shape CFS =
      Shape.of(
          objects(
                  "CfsInsList",
                  Shape.of(
                      text("UserId").required(),
                      text("UserGroupId").required(),
                      text("CfsId").required(),
                      text("MountInsId").required(),
                      text("LocalMountDir").required(),
                      text("RemoteMountDir").required(),
                      text("IpAddress"),
                      text("MountVpcId"),
                      text("MountSubnetId")))
              .required());

  private static final Shape PROTOCOL =
      Shape.of(object("WSParams", Shape.of(integer("IdleTimeOut").between(1, 1_800))));

  private static final Shape CONCURRENCY =
      Shape.of(
          text("DynamicEnabled"),
          integer("MaxConcurrency").between(1, 100),
          text("InstanceIsolationEnabled"),
          text("Type"),
          objects("MixNodeConfig", Shape.of(text("NodeSpec"), integer("Num"))),
          object(
              "SessionConfig",
              Shape.of(
                  text("SessionSource"),
                  text("SessionName"),
                  text("SessionPath"),
                  text("IdleTimeoutStrategy"),
                  integer("MaximumConcurrencySessionPerInstance"),
                  integer("MaximumTTLInSeconds"),
                  integer("MaximumIdleTimeInSeconds"))));

  /** What CreateFunction and UpdateFunctionConfiguration both take. */
  private static final Field[] SETTINGS = {
    NAMESPACE,
    Names.DESCRIPTION,
    integer("MemorySize")
        .code("Memory")
        .check(
            value -> memoryMb(value.longValue()),
            "expected 64, or a multiple of 128 up to " + MEMORY_MB_MOST),
    integer("Timeout"),
    integer("InitTimeout"),
    text("Runtime").code("Runtime").length(0, 64),
    object("Environment", Shape.of(objects("Variables", VARIABLE))),
    object("VpcConfig", Shape.of(text("VpcId"), text("SubnetId"))),
    text("Role"),
    flag("InstallDependency"),
    text("ClsLogsetId"),
    text("ClsTopicId"),
    objects("Layers", LAYER).code("Layers"),
    object("DeadLetterConfig", DEAD_LETTER).code("DeadLetterConfig"),
    object("PublicNetConfig", PUBLIC_NET),
    object("CfsConfig", CFS),
    object("ProtocolParams", PROTOCOL),
    object("InstanceConcurrencyConfig", CONCURRENCY),
    flag("DnsCache"),
    object("IntranetConfig", Shape.of(text("IpFixed").required().oneOf("ENABLE", "DISABLE")))
  };

  /** Of these, and of {@link #CREATE}'s, what changes nothing here: kept to be shown again. */
  static final List<String> KEPT =
      List.of(
          "VpcConfig",
          "Role",
          "InstallDependency",
          "ClsLogsetId",
          "ClsTopicId",
          "Layers",
          "DeadLetterConfig",
          "PublicNetConfig",
          "CfsConfig",
          "ProtocolType",
          "ProtocolParams",
          "InstanceConcurrencyConfig",
          "DnsCache",
          "IntranetConfig",
          "L5Enable",
          "IgnoreSysLog",
          "AsyncRunEnable",
          "TraceEnable");

  static final Shape CREATE =
      Shape.of(
          Field.and(
              SETTINGS,
              Names.NEW_FUNCTION,
              object("Code", CODE).required("MissingParameter.Code"),
              text("Handler").code("Handler"),
              text("Type").code("Type").oneOf("Event", "HTTP"),
              text("CodeSource")
                  .code("CodeSource")
                  .oneOf("ZipFile", "Cos", "Demo", "TempCos", "Git"),
              flag("AsyncRunEnable").code("AsyncRunEnable"),
              flag("TraceEnable").code("TraceEnable"),
              objects("Tags", Shape.of(text("Key").required(), text("Value").required())),
              text("AutoDeployClsTopicIndex"),
              text("AutoCreateClsTopic"),
              text("ProtocolType").oneOf("WS")));

  static final Shape UPDATE_CONFIGURATION =
      Shape.of(Field.and(SETTINGS, NAME, PUBLISH, flag("L5Enable"), bool("IgnoreSysLog")));

  static final Shape UPDATE_CODE =
      Shape.of(
          NAME,
          NAMESPACE,
          ZIP,
          text("Handler").code("Handler"),
          text("CosBucketName"),
          text("CosObjectName"),
          text("CosBucketRegion"),
          flag("InstallDependency"),
          text("EnvId"),
          PUBLISH,
          object("Code", CODE),
          text("CodeSource")
              .code("CodeSource")
              .oneOf("ZipFile", "Cos", "Inline", "TempCos", "Git"));

  static final Shape GET = Shape.of(NAME, NAMESPACE, Names.QUALIFIER, flag("ShowCode"));

  static final Shape LIST =
      Shape.of(
          Paging.ORDER,
          text("Orderby").code("Order").oneOf("AddTime", "ModTime", "FunctionName"),
          Paging.OFFSET,
          Paging.LIMIT,
          text("SearchKey"),
          NAMESPACE,
          text("Description"),
          objects("Filters", Shape.of(text("Name").required(), texts("Values").required())));

  static final Shape DELETE = Shape.of(NAME, NAMESPACE, Names.QUALIFIER);

  static final Shape DELETE_VERSION =
      Shape.of(NAME, NAMESPACE, Names.QUALIFIER.required(), flag("ForceDelete"));

  static final Shape COPY =
      Shape.of(
          NAME,
          NAMESPACE,
          Names.NEW_FUNCTION.as("NewFunctionName"),
          NAMESPACE.as("TargetNamespace"),
          Names.DESCRIPTION,
          text("TargetRegion"),
          bool("Override"),
          bool("CopyConfiguration"));

  static final Shape GET_ADDRESS = Shape.of(NAME, NAMESPACE, Names.QUALIFIER);

  private FunctionTables() {}

  private static boolean memoryMb(long mb) {
    return mb == MEMORY_MB_LEAST
        || (mb >= MEMORY_STEP_MB && mb <= MEMORY_MB_MOST && mb % MEMORY_STEP_MB == 0);
  }
}
