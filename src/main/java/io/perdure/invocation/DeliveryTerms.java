package io.perdure.invocation;

/**
 * What a decision on the delivery of an outcome rests on.
 *
 * @param settings of the function and qualifier as they are now, or null when there are none
 */
public record DeliveryTerms(AsyncSettings settings, DeliveryPolicy policy) {
  /** No destination. */
  public static final DeliveryTerms NONE = new DeliveryTerms(null, DeliveryPolicy.DEFAULT);

  /** Where what ended with {@code status} is delivered to, or null. */
  Destination destination(Status status) {
    if (settings == null) {
      return null;
    }
    return status == Status.SUCCEEDED ? settings.onSuccess() : settings.onFailure();
  }
}
