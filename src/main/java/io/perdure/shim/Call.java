package io.perdure.shim;

import java.util.Map;

/**
 * A call of the function; number 0 stands for a hook of the instance.
 *
 * @param about what the server says about it
 * @param payload its bytes, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Call(int number, Map<String, Object> about, byte[] payload) {
  /** The call a hook runs in. */
  static final Call HOOK = new Call(0, Map.of(), new byte[0]);

  String text(String field) {
    Object value = about.get(field);
    return value == null ? "" : value.toString();
  }

  /** What it may answer: more than others, if its caller takes that. */
  int resultBytesMax(Instance instance) {
    long own = number("resultBytesMax");
    return own == 0 ? instance.resultBytesMax : (int) own;
  }

  long number(String field) {
    Object value = about.get(field);
    return value == null ? 0 : ((Number) value).longValue();
  }
}
