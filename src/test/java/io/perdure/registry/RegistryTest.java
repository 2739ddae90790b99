package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacesListed;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final Registry registry = new Registry();
  private long uids;

  @Test
  void functionIsFoundByNameAndByUid() {
    Function resize = add("a", "default", "resize");
    assertSame(resize, registry.find("a", "default", "resize").orElseThrow());
    assertSame(resize, registry.byUid(resize.uid()));
  }

  @Test
  void functionOfAnotherAccountOrNamespaceIsNotFound() {
    add("a", "default", "resize");
    assertEquals(Optional.empty(), registry.find("b", "default", "resize"));
    assertEquals(Optional.empty(), registry.find("a", "images", "resize"));
  }

  @Test
  void removedFunctionIsNeitherFoundNorListed() {
    Function resize = add("a", "default", "resize");
    registry.remove(resize);
    assertEquals(Optional.empty(), registry.find("a", "default", "resize"));
    assertNull(registry.byUid(resize.uid()));
    assertEquals(List.of(), names(registry.functions("a", "default", null, null, 10)));
    assertEquals(0, registry.functionCount("a"));
  }

  @Test
  void replacedFunctionIsCountedOnce() {
    add("a", "default", "resize");
    add("a", "default", "resize");
    assertEquals(1, registry.functionCount("a"));
  }

  @Test
  void functionsAreListedByNameWithinTheirNamespace() {
    add("a", "default", "zip");
    add("a", "default", "Zip");
    add("a", "default", "resize");
    add("a", "default2", "other");
    add("a0", "default", "other");
    assertEquals(
        List.of("Zip", "resize", "zip"), names(registry.functions("a", "default", null, null, 10)));
  }

  @Test
  void listBeginsAfterANameWhetherItExistsOrNot() {
    add("a", "default", "b");
    add("a", "default", "d");
    assertEquals(List.of("d"), names(registry.functions("a", "default", null, "b", 10)));
    assertEquals(List.of("d"), names(registry.functions("a", "default", null, "c", 10)));
    assertEquals(List.of(), names(registry.functions("a", "default", null, "d", 10)));
  }

  @Test
  void listIsRestrictedToAPrefix() {
    for (String name : List.of("im", "img", "img-a", "img-b", "imh")) {
      add("a", "default", name);
    }
    assertEquals(
        List.of("img", "img-a", "img-b"),
        names(registry.functions("a", "default", "img", null, 10)));
    assertEquals(
        List.of("img-a", "img-b"), names(registry.functions("a", "default", "img", "img", 10)));
    assertEquals(
        List.of("img", "img-a", "img-b"),
        names(registry.functions("a", "default", "img", "aaa", 10)));
  }

  @Test
  void pagesOfTenThousandFunctionsJoinWithoutGapOrRepetition() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      String name = "f%05d".formatted(i);
      add("a", "default", name);
      all.add(name);
    }
    List<String> seen = new ArrayList<>();
    FunctionsListed page = registry.functions("a", "default", null, null, 700);
    seen.addAll(names(page));
    while (page.more()) {
      page = registry.functions("a", "default", null, seen.get(seen.size() - 1), 700);
      seen.addAll(names(page));
    }
    assertEquals(all, seen);
  }

  @Test
  void lastPageSaysThatThereIsNoMore() {
    add("a", "default", "one");
    add("a", "default", "two");
    assertTrue(registry.functions("a", "default", null, null, 1).more());
    assertFalse(registry.functions("a", "default", null, null, 2).more());
  }

  @Test
  void everyAccountHasTheDefaultNamespace() {
    registry.createdAt(77);
    assertTrue(registry.hasNamespace("anybody", "default"));
    assertEquals(
        new Namespace("anybody", "default", About.of(""), 77, 77, 0),
        registry.namespace("anybody", "default").orElseThrow());
  }

  @Test
  void namespaceOfFunctionsWithoutAServiceIsThereAndInNoList() {
    assertTrue(registry.hasNamespace("anybody", Function.FC3_NAMESPACE));
    add("a", Function.FC3_NAMESPACE, "one");
    assertEquals(List.of("default"), names(registry.namespaces("a", null, null, 10)));
    assertEquals(List.of(), names(registry.namespaces("a", Function.FC3_NAMESPACE, null, 10)));
    assertEquals(
        List.of("one"), names(registry.functions("a", Function.FC3_NAMESPACE, null, null, 10)));
  }

  @Test
  void defaultNamespaceIsListedInItsPlace() {
    registry.put(new Namespace("a", "zoo", About.of(""), 1, 1, 1));
    registry.put(new Namespace("a", "beta", About.of(""), 1, 1, 1));
    assertEquals(
        List.of("beta", "default", "zoo"), names(registry.namespaces("a", null, null, 10)));
    assertEquals(List.of("default", "zoo"), names(registry.namespaces("a", null, "beta", 10)));
    assertEquals(List.of("zoo"), names(registry.namespaces("a", null, "default", 10)));
    assertEquals(List.of("default"), names(registry.namespaces("a", "def", null, 10)));
    assertEquals(List.of("zoo"), names(registry.namespaces("a", "z", null, 10)));
  }

  @Test
  void pagesOfNamespacesJoinWithoutGapOrRepetition() {
    for (String name : List.of("alpha", "beta", "gamma", "zeta")) {
      registry.put(new Namespace("a", name, About.of(""), 1, 1, 1));
    }
    List<String> seen = new ArrayList<>();
    NamespacesListed page = registry.namespaces("a", null, null, 2);
    seen.addAll(names(page));
    while (page.more()) {
      page = registry.namespaces("a", null, seen.get(seen.size() - 1), 2);
      seen.addAll(names(page));
    }
    assertEquals(List.of("alpha", "beta", "default", "gamma", "zeta"), seen);
  }

  @Test
  void describedDefaultNamespaceIsListedOnceAndNotCounted() {
    registry.put(new Namespace("a", "default", About.of("mine"), 1, 1, 1));
    registry.put(new Namespace("a", "zoo", About.of(""), 1, 1, 1));
    assertEquals(List.of("default", "zoo"), names(registry.namespaces("a", null, null, 10)));
    assertEquals(1, registry.namespaceCount("a"));
  }

  @Test
  void namespacesOfOtherAccountsAreNotSeen() {
    registry.put(new Namespace("a", "zoo", About.of(""), 1, 1, 1));
    registry.put(new Namespace("ab", "zoo", About.of(""), 1, 1, 1));
    assertEquals(1, registry.namespaceCount("a"));
    assertFalse(registry.hasNamespace("b", "zoo"));
    assertEquals(List.of("default"), names(registry.namespaces("b", null, null, 10)));
  }

  // Code packages.

  @Test
  void packageIsUsedWhileAFunctionRefersToIt() {
    Function one = managed("a", "one", '1');
    Function two = managed("a", "two", '1');
    registry.remove(one);
    assertTrue(registry.usesCode(Samples.sha256('1')));
    registry.remove(two);
    assertFalse(registry.usesCode(Samples.sha256('1')));
  }

  @Test
  void replacedPackageIsNoLongerUsed() {
    Function one = managed("a", "one", '1');
    registry.put(Samples.with(one, Samples.python('2')));
    assertFalse(registry.usesCode(Samples.sha256('1')));
    assertTrue(registry.usesCode(Samples.sha256('2')));
    registry.put(Samples.with(one, Samples.HTTP));
    assertFalse(registry.usesCode(Samples.sha256('2')));
  }

  @Test
  void packageOfAnotherAccountIsNotOnesOwn() {
    managed("a", "one", '1');
    assertTrue(registry.accountUsesCode("a", Samples.sha256('1')));
    assertFalse(registry.accountUsesCode("b", Samples.sha256('1')));
  }

  private Function managed(String account, String name, char code) {
    Function function =
        Samples.with(Samples.function(++uids, account, "default", name), Samples.python(code));
    registry.put(function);
    return function;
  }

  private Function add(String account, String namespace, String name) {
    Function function = Samples.function(++uids, account, namespace, name);
    registry.put(function);
    return function;
  }

  private static List<String> names(FunctionsListed page) {
    return page.functions().stream().map(Function::name).toList();
  }

  private static List<String> names(NamespacesListed page) {
    return page.namespaces().stream().map(Namespace::name).toList();
  }
}
