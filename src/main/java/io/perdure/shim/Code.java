package io.perdure.shim;

import io.perdure.shim.Failure.HandlerNotFound;
import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The function's classes: those in the package's root, and the jars there and in {@code lib}. One
 * object per class named in a handler, so that an initializer can prepare what the handler uses.
 */
final class Code {
  private final ClassLoader loader;
  private final Map<String, Object> objects = new HashMap<>();

  Code(String directory) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    File root = new File(directory);
    urls.add(root.toURI().toURL());
    addJars(root, urls);
    addJars(new File(root, "lib"), urls);
    loader = new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  private static void addJars(File directory, List<URL> to) throws MalformedURLException {
    String[] names = directory.list();
    if (names == null) {
      return;
    }
    Arrays.sort(names);
    for (String name : names) {
      if (name.endsWith(".jar")) {
        to.add(new File(directory, name).toURI().toURL());
      }
    }
  }

  ClassLoader loader() {
    return loader;
  }

  /**
   * What {@code package.Class::method} names.
   *
   * @param role for the message when it is not there
   * @throws Throwable whatever the class's initialization or constructor throws
   */
  Handler find(String name, String role, Contexts contexts) throws Throwable {
    int split = name.indexOf("::");
    if (split <= 0 || split + 2 >= name.length()) {
      throw new HandlerNotFound(
          "the " + role + " \"" + name + "\" is not of the form package.Class::method");
    }
    Class<?> type = load(name.substring(0, split), name, role);
    Method method = method(type, name.substring(split + 2), name, role);
    Object object = Modifier.isStatic(method.getModifiers()) ? null : object(type, name, role);
    method.trySetAccessible();
    return new Handler(object, method, contexts);
  }

  private Class<?> load(String className, String name, String role) throws Throwable {
    try {
      return Class.forName(className, true, loader);
    } catch (ClassNotFoundException e) {
      throw new HandlerNotFound(
          "the package has no class " + className + " for the " + role + " \"" + name + "\"");
    } catch (NoClassDefFoundError e) {
      if (e.getMessage() != null && e.getMessage().contains("wrong name")) {
        throw new HandlerNotFound(
            "the class of the " + role + " \"" + name + "\" is spelt wrong: " + e.getMessage());
      }
      throw e;
    } catch (ExceptionInInitializerError e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** Of several with that name the one that takes most of what can be given. */
  private static Method method(Class<?> type, String method, String name, String role)
      throws HandlerNotFound {
    Method best = null;
    boolean tie = false;
    String unfit = null;
    for (Method candidate : candidates(type)) {
      if (!candidate.getName().equals(method) || candidate.isBridge() || candidate.isSynthetic()) {
        continue;
      }
      String why = Handler.unfit(candidate);
      if (why != null) {
        unfit = why;
        continue;
      }
      int more = best == null ? 1 : candidate.getParameterCount() - best.getParameterCount();
      if (more > 0) {
        tie = false;
      } else if (more == 0) {
        tie |= candidate.getDeclaringClass() == best.getDeclaringClass();
      }
      if (more > 0) {
        best = candidate;
      }
    }
    if (best != null && !tie) {
      return best;
    }
    String of = "class " + type.getName();
    throw new HandlerNotFound(
        (tie
                ? of + " has several methods \"" + method + "\" that could be meant by"
                : unfit != null
                    ? of
                        + " has a method \""
                        + method
                        + "\" that "
                        + unfit
                        + ", which is no good for"
                    : of + " has no method \"" + method + "\" for")
            + " the "
            + role
            + " \""
            + name
            + "\"");
  }

  /** Public ones, inherited ones too, and those of the class itself. */
  private static List<Method> candidates(Class<?> type) {
    List<Method> candidates = new ArrayList<>(Arrays.asList(type.getDeclaredMethods()));
    for (Method method : type.getMethods()) {
      if (method.getDeclaringClass() != type && !Modifier.isAbstract(method.getModifiers())) {
        candidates.add(method);
      }
    }
    return candidates;
  }

  private Object object(Class<?> type, String name, String role) throws Throwable {
    Object object = objects.get(type.getName());
    if (object != null) {
      return object;
    }
    Constructor<?> constructor;
    try {
      constructor = type.getDeclaredConstructor();
    } catch (NoSuchMethodException e) {
      throw new HandlerNotFound(
          "the class of the " + role + " \"" + name + "\" has no constructor without parameters");
    }
    constructor.trySetAccessible();
    try {
      object = constructor.newInstance();
    } catch (InstantiationException e) {
      throw new HandlerNotFound("the class of the " + role + " \"" + name + "\" is abstract");
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    objects.put(type.getName(), object);
    return object;
  }
}
