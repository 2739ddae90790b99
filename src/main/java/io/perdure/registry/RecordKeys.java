package io.perdure.registry;

import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import io.perdure.store.Keys;
import java.nio.charset.StandardCharsets;

/**
 * Under which keys the registry is stored. In family REGISTRY, the parts parted by 0, {@code
 * function} empty where the scope is a namespace:
 *
 * <ul>
 *   <li>{@code f account namespace function}: a function
 *   <li>{@code n account namespace}: a namespace
 *   <li>{@code v account namespace function number}: a version of a function, all that was frozen
 *   <li>{@code w account namespace number}: a version of a namespace, what is told of it
 *   <li>{@code x account namespace number function}: a function as a version of its namespace froze
 *       it
 *   <li>{@code c account namespace function}: the last number given to a version
 *   <li>{@code a account namespace function alias}: an alias
 *   <li>{@code s account namespace function qualifier}: settings of asynchronous invocations
 *   <li>{@code t account namespace function schedule}: a schedule
 * </ul>
 *
 * In META, as numbers: the greatest uid ever given, the time of creation, and until when the
 * schedules were looked after.
 */
final class RecordKeys {
  static final byte[] LAST_UID = Keys.meta("last-uid");
  static final byte[] CREATED_AT = Keys.meta("created-at");
  static final byte[] SCHEDULES_UNTIL = Keys.meta("schedules-until");

  static final char FUNCTION = 'f';
  static final char NAMESPACE = 'n';
  static final char VERSION = 'v';
  static final char NAMESPACE_VERSION = 'w';
  static final char FROZEN = 'x';
  static final char COUNTER = 'c';
  static final char ALIAS = 'a';
  static final char SETTINGS = 's';
  static final char SCHEDULE = 't';

  private RecordKeys() {}

  /** All keys of one kind begin with it, and with the letter behind it no more. */
  static byte[] letter(int letter) {
    return new byte[] {(byte) letter};
  }

  static byte[] function(Function function) {
    return key(FUNCTION, function.account(), function.namespace(), function.name());
  }

  static byte[] namespace(String account, String name) {
    return key(NAMESPACE, account, name);
  }

  static byte[] version(Name scope, String number) {
    return scope.isNamespace()
        ? key(NAMESPACE_VERSION, scope.account(), scope.namespace(), number)
        : key(VERSION, scope.account(), scope.namespace(), scope.function(), number);
  }

  /** A function as version {@code number} of its namespace froze it. */
  static byte[] frozen(Function function, String number) {
    return key(FROZEN, function.account(), function.namespace(), number, function.name());
  }

  static byte[] counter(Name scope) {
    return key(COUNTER, scope.account(), scope.namespace(), scope.function());
  }

  static byte[] alias(Name scope, String name) {
    return key(ALIAS, scope.account(), scope.namespace(), scope.function(), name);
  }

  static byte[] settings(Name function, String qualifier) {
    return key(SETTINGS, function.account(), function.namespace(), function.function(), qualifier);
  }

  static byte[] schedule(Schedule schedule) {
    return key(
        SCHEDULE, schedule.account(), schedule.namespace(), schedule.function(), schedule.name());
  }

  /** What a key says behind its letter. */
  static String[] parts(byte[] key) {
    return new String(key, 1, key.length - 1, StandardCharsets.UTF_8).split("\0", -1);
  }

  private static byte[] key(char letter, String... parts) {
    return (letter + String.join("\0", parts)).getBytes(StandardCharsets.UTF_8);
  }
}
