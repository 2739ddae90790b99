package io.perdure.shim;

import java.lang.reflect.Field;
import java.util.Map;

/** What a start needs besides the connection, done while that is being made. */
final class Prepare extends Thread {
  Prepare() {
    super("prepare");
    setDaemon(true);
  }

  @Override
  public void run() {
    forgetVariables();
    ToJson.text(FromJson.to(Object.class, Json.parse("{\"classes\": [\"loaded\", 1]}")));
  }

  /**
   * Takes the protocol's variables out of the environment. The JDK offers no way to, so this goes
   * around it; where that fails the function sees them, and they are of no use to it.
   */
  private static void forgetVariables() {
    try {
      Class<?> unsafeClass = Class.forName("sun.misc.Unsafe");
      Field theUnsafe = unsafeClass.getDeclaredField("theUnsafe");
      theUnsafe.setAccessible(true);
      Object unsafe = theUnsafe.get(null);
      Field variables =
          Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theEnvironment");
      Object base = unsafeClass.getMethod("staticFieldBase", Field.class).invoke(unsafe, variables);
      Object offset =
          unsafeClass.getMethod("staticFieldOffset", Field.class).invoke(unsafe, variables);
      Object environment =
          unsafeClass.getMethod("getObject", Object.class, long.class).invoke(unsafe, base, offset);
      for (Object name : ((Map<?, ?>) environment).keySet().toArray()) {
        if (name.toString().startsWith("PERDURE_")) {
          ((Map<?, ?>) environment).remove(name);
        }
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      return; // as said above
    }
  }
}
