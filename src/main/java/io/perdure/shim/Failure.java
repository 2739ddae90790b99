package io.perdure.shim;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Errors as the server wants them: class, text, and the stack from the function's point of view.
 */
final class Failure {
  // What is sent on, in characters and lines: the server takes no frame of any size.
  private static final int MESSAGE_MAX = 16 * 1024;
  private static final int TYPE_MAX = 256;
  private static final int STACK_MAX = 100;
  private static final int LINE_MAX = 250;

  /** The handler is not there or has a form that cannot be called. */
  static final class HandlerNotFound extends Exception {
    private static final long serialVersionUID = 1;

    HandlerNotFound(String message) {
      super(message);
    }
  }

  /** The event is not what the function asks for. */
  static final class WrongEvent extends Exception {
    private static final long serialVersionUID = 1;

    WrongEvent(String message) {
      super(message);
    }
  }

  private Failure() {}

  /** The body of INIT_FAILED. */
  static String ofInit(Throwable error) {
    boolean notFound = error instanceof HandlerNotFound;
    Map<String, Object> json = described(error);
    if (notFound) {
      json.put("errorType", "HandlerNotFound");
      json.put("stackTrace", List.of());
    }
    json.put("kind", notFound ? "HandlerNotFound" : "InitError");
    return ToJson.text(json);
  }

  /** The body of ERROR for what the function, or a wrong event, has thrown. */
  static String ofCall(Throwable error) {
    Map<String, Object> json = described(error);
    if (error instanceof WrongEvent) {
      json.put("errorType", "InvalidParameterValue");
      json.put("stackTrace", List.of());
    }
    json.put("handled", false);
    json.put("kind", "Function");
    return ToJson.text(json);
  }

  /** The body of ERROR for a result that cannot be taken; {@code kind} is its type too. */
  static String ofResult(String kind, String message) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("errorMessage", message);
    json.put("errorType", kind);
    json.put("stackTrace", List.of());
    json.put("handled", false);
    json.put("kind", kind);
    return ToJson.text(json);
  }

  private static Map<String, Object> described(Throwable error) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("errorMessage", message(error));
    json.put("errorType", cut(error.getClass().getName(), TYPE_MAX));
    json.put("stackTrace", stack(error));
    return json;
  }

  private static String message(Throwable error) {
    String message;
    try {
      message = error.getMessage();
    } catch (RuntimeException e) {
      message = "an error whose message cannot be read";
    }
    if (message == null) {
      return "";
    }
    return cut(message, MESSAGE_MAX);
  }

  private static String cut(String text, int charsMax) {
    return text.length() > charsMax ? text.substring(0, charsMax) : text;
  }

  private static List<String> stack(Throwable error) {
    List<String> stack = new ArrayList<>();
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < 8; depth++) {
      if (depth > 0) {
        stack.add(
            cut("Caused by: " + cause.getClass().getName() + ": " + message(cause), LINE_MAX));
      }
      StackTraceElement[] frames = cause.getStackTrace();
      int end = frames.length;
      while (end > 0 && isOurs(frames[end - 1].getClassName())) {
        end--;
      }
      for (int i = 0; i < end && stack.size() < STACK_MAX; i++) {
        stack.add(cut("at " + frames[i], LINE_MAX));
      }
      cause = cause.getCause() == cause ? null : cause.getCause();
    }
    return stack.size() > STACK_MAX ? stack.subList(0, STACK_MAX) : stack;
  }

  /** True for what stands below the function's first frame: this shim and reflection. */
  private static boolean isOurs(String className) {
    return className.startsWith("io.perdure.shim.")
        || className.startsWith("jdk.internal.reflect.")
        || className.startsWith("java.lang.reflect.")
        || className.startsWith("java.lang.Class")
        || className.equals("java.lang.Thread");
  }

  /** For the function's log. */
  static String printed(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
