package io.perdure.api.fc.wire;

/** Names of resources as the cloud has them everywhere. */
public final class Arn {
  private Arn() {}

  /** Of a function without a service, of the caller's account. */
  public static String function(FcCall call, String name) {
    return "acs:fc:" + call.region() + ":" + call.account().id() + ":functions/" + name;
  }
}
