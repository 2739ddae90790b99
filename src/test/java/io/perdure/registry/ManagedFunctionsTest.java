package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec.Managed;
import org.junit.jupiter.api.Test;

/** Functions that run code packages: which package, and what refers to it. */
class ManagedFunctionsTest extends RegistryFixture {
  @Test
  void newFunctionRefersToItsPackage() throws Exception {
    Function function = put(python('1')).function();
    assertEquals(Samples.python('1'), function.runtime());
    assertTrue(registry.usesCode(Samples.sha256('1')));
    reopen();
    assertEquals(function, registry.byUid(function.uid()));
    assertTrue(registry.accountUsesCode(ACCOUNT, Samples.sha256('1')));
  }

  @Test
  void functionKeepsItsPackageWhenNoneIsNamed() throws Exception {
    put(python('1'));
    lost.add(Samples.sha256('1')); // it is not asked for again
    assertEquals(Samples.code('1'), ((Managed) put(python(null)).function().runtime()).code());
  }

  @Test
  void packageMayFollowTheFunction() throws Exception {
    assertNull(((Managed) put(python(null)).function().runtime()).code());
    reopen();
    Function function = put(python('1')).function();
    assertEquals(Samples.code('1'), ((Managed) function.runtime()).code());
    assertEquals(2, function.revision());
  }

  @Test
  void packageStaysBehindWhenTheFunctionIsNoLongerManaged() throws Exception {
    put(python('1'));
    function("f");
    assertFalse(registry.usesCode(Samples.sha256('1')));
    assertNull(((Managed) put(python(null)).function().runtime()).code());
  }

  @Test
  void packageThatIsNotStoredIsRefused() throws Exception {
    lost.add(Samples.sha256('2'));
    Failure notFound = new Failure.NotFound("code package", Samples.sha256('2'));
    assertEquals(notFound, failure(Addresses.PUT_FUNCTION, python('2')));
    put(python('1'));
    assertEquals(notFound, failure(Addresses.PUT_FUNCTION, python('2')));
    assertTrue(registry.usesCode(Samples.sha256('1')));
    assertFalse(registry.usesCode(Samples.sha256('2')));
  }

  @Test
  void runtimeThatTheMachineCannotRunIsRefusedWithWhatToInstall() {
    missing = "python3 is missing: install the package python3";
    assertEquals(
        new Failure.Invalid("runtime.kind", missing), failure(Addresses.PUT_FUNCTION, python('1')));
  }

  @Test
  void functionWhoseInterpreterIsGoneCanStillBePausedAndDeleted() throws Exception {
    put(python('1'));
    missing = "python3 is missing: install the package python3";
    put(Samples.put("default", "f", Samples.python(null), true, 0));
    assertTrue(registry.find(ACCOUNT, "default", "f").orElseThrow().paused());
    delete("f", 0);
  }

  @Test
  void packageIsUsedWhileAVersionRefersToIt() throws Exception {
    put(python('1'));
    publish("default", "f", "");
    publish("default", "f", "");
    put(python('2'));
    reopen();
    assertTrue(registry.usesCode(Samples.sha256('1')));
    ask(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", "f", "1"));
    assertTrue(registry.usesCode(Samples.sha256('1')));
    ask(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", "f", "2"));
    assertFalse(registry.usesCode(Samples.sha256('1')));
    publish("default", "f", "");
    delete("f", 0);
    assertFalse(registry.usesCode(Samples.sha256('2')));
  }

  @Test
  void packageIsUsedWhileAVersionOfTheNamespaceRefersToIt() throws Exception {
    putNamespace("shop", "");
    put(Samples.put(Flavour.FC2, "shop", "f", Samples.python('1')));
    publish("shop", null, "");
    put(Samples.put(Flavour.FC2, "shop", "f", Samples.python('2')));
    reopen();
    assertTrue(registry.usesCode(Samples.sha256('1')));
    ask(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "shop", null, "1"));
    assertFalse(registry.usesCode(Samples.sha256('1')));
  }

  private static PutFunction python(Character code) {
    return Samples.put("default", "f", Samples.python(code), null, 0);
  }
}
