package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.assertTime;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static io.perdure.api.scf.sdk.Customer.zip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.Alias;
import com.tencentcloudapi.scf.v20180416.models.CreateAliasRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteAliasRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.FunctionVersion;
import com.tencentcloudapi.scf.v20180416.models.GetAliasRequest;
import com.tencentcloudapi.scf.v20180416.models.GetAliasResponse;
import com.tencentcloudapi.scf.v20180416.models.ListAliasesRequest;
import com.tencentcloudapi.scf.v20180416.models.ListAliasesResponse;
import com.tencentcloudapi.scf.v20180416.models.ListVersionByFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.ListVersionByFunctionResponse;
import com.tencentcloudapi.scf.v20180416.models.PublishVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.PublishVersionResponse;
import com.tencentcloudapi.scf.v20180416.models.RoutingConfig;
import com.tencentcloudapi.scf.v20180416.models.UpdateAliasRequest;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionCodeRequest;
import com.tencentcloudapi.scf.v20180416.models.VersionMatch;
import com.tencentcloudapi.scf.v20180416.models.VersionWeight;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions and aliases. */
@Timeout(60)
class VersionsTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private static final String ANSWER =
      """
      def main_handler(event, context):
          return "%s of " + context["function_version"]
      """;

  private Customer customer;
  private ScfClient scf;
  private String name;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() throws Exception {
    customer = new Customer(NODE);
    scf = customer.client();
    name = customer.create("versioned", ANSWER.formatted("code 1"), "Timeout", 7);
  }

  @Test
  void aVersionFreezesCodeAndConfiguration() throws Exception {
    PublishVersionResponse first = publish("Description", "the first");
    assertEquals("1", first.getFunctionVersion());
    assertEquals("the first", first.getDescription());
    assertEquals(128, first.getMemorySize());
    assertEquals(7, first.getTimeout());
    assertEquals("index.main_handler", first.getHandler());
    assertEquals("Python3.7", first.getRuntime());
    assertEquals("default", first.getNamespace());
    assertEquals(customer.get(name).getCodeSize(), first.getCodeSize());
    newCode("code 2");
    assertEquals("2", publish().getFunctionVersion());
    assertEquals("\"code 1 of 1\"", customer.invoke(name, "{}", "Qualifier", "1").getRetMsg());
    assertEquals("\"code 2 of 2\"", customer.invoke(name, "{}", "Qualifier", "2").getRetMsg());
    assertEquals("\"code 2 of $LATEST\"", customer.invoke(name, "{}").getRetMsg());
    assertEquals("1", customer.get(name, "Qualifier", "1").getFunctionVersion());
    assertEquals("1", customer.get(name, "Qualifier", "1").getQualifier());
  }

  @Test
  void versionsAreListedNewestFirst() throws Exception {
    for (int i = 0; i < 3; i++) {
      newCode("code " + i);
      publish("Description", "number " + (i + 1));
    }
    ListVersionByFunctionResponse all = versions();
    assertEquals(List.of("$LATEST", "3", "2", "1"), List.of(all.getFunctionVersion()));
    assertEquals(4, all.getTotalCount());
    FunctionVersion third = all.getVersions()[1];
    assertEquals("3", third.getVersion());
    assertEquals("number 3", third.getDescription());
    assertEquals("Active", third.getStatus());
    assertTime(third.getAddTime());
    assertTime(third.getModTime());
    ListVersionByFunctionResponse page = versions("Offset", 1, "Limit", 2);
    assertEquals(List.of("3", "2"), List.of(page.getFunctionVersion()));
    assertEquals(4, page.getTotalCount());
    refused("ResourceNotFound.Function", () -> versionsOf("nobody"));
  }

  @Test
  void anUnknownVersionIsNotFound() {
    refused("ResourceNotFound.Version", () -> customer.get(name, "Qualifier", "9"));
    refused("ResourceNotFound.Qualifier", () -> customer.invoke(name, "{}", "Qualifier", "9"));
    refused(
        "ResourceNotFound.Function",
        () -> scf.PublishVersion(with(PublishVersionRequest.class, "nobody")));
  }

  @Test
  void aVersionIsDeleted() throws Exception {
    publish();
    newCode("code 2");
    publish();
    scf.DeleteFunctionVersion(with(DeleteFunctionVersionRequest.class, name, "Qualifier", "1"));
    assertEquals(List.of("$LATEST", "2"), List.of(versions().getFunctionVersion()));
    scf.DeleteFunction(with(DeleteFunctionRequest.class, name, "Qualifier", "2"));
    assertEquals(List.of("$LATEST"), List.of(versions().getFunctionVersion()));
    refused(
        "ResourceNotFound.Qualifier",
        () -> scf.DeleteFunction(with(DeleteFunctionRequest.class, name, "Qualifier", "2")));
  }

  @Test
  void aVersionWithAnAliasStays() throws Exception {
    publish();
    alias("prod", "1");
    refused(
        "UnsupportedOperation.AliasBind",
        () -> scf.DeleteFunction(with(DeleteFunctionRequest.class, name, "Qualifier", "1")));
    scf.DeleteAlias(with(DeleteAliasRequest.class, name, "Name", "prod"));
    scf.DeleteFunction(with(DeleteFunctionRequest.class, name, "Qualifier", "1"));
  }

  @Test
  void anAliasLeadsToItsVersion() throws Exception {
    publish();
    newCode("code 2");
    publish();
    scf.CreateAlias(
        with(
            CreateAliasRequest.class,
            name,
            "Name",
            "prod",
            "FunctionVersion",
            "1",
            "Description",
            "what customers see"));
    GetAliasResponse alias = get("prod");
    assertEquals("prod", alias.getName());
    assertEquals("1", alias.getFunctionVersion());
    assertEquals("what customers see", alias.getDescription());
    assertTime(alias.getAddTime());
    assertTime(alias.getModTime());
    assertEquals("\"code 1 of 1\"", customer.call(name, "{}", "Qualifier", "prod").getRetMsg());
    scf.UpdateAlias(with(UpdateAliasRequest.class, name, "Name", "prod", "FunctionVersion", "2"));
    assertEquals("2", get("prod").getFunctionVersion());
    assertEquals("\"code 2 of 2\"", customer.call(name, "{}", "Qualifier", "prod").getRetMsg());
  }

  @Test
  void weightsShareCallsBetweenTwoVersions() throws Exception {
    publish();
    newCode("code 2");
    publish();
    RoutingConfig half =
        Models.of(
            RoutingConfig.class,
            "AdditionalVersionWeights",
            List.of(Models.of(VersionWeight.class, "Version", "2", "Weight", 0.5)));
    scf.CreateAlias(
        with(
            CreateAliasRequest.class,
            name,
            "Name",
            "canary",
            "FunctionVersion",
            "1",
            "RoutingConfig",
            half));
    VersionWeight weight = get("canary").getRoutingConfig().getAdditionalVersionWeights()[0];
    assertEquals("2", weight.getVersion());
    assertEquals(0.5f, weight.getWeight());
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < 200 && answers.size() < 2; i++) {
      answers.add(customer.call(name, "{}", "Qualifier", "canary").getRetMsg());
    }
    assertEquals(Set.of("\"code 1 of 1\"", "\"code 2 of 2\""), answers);
  }

  @Test
  void rulesChooseTheVersionByTheRoutingKey() throws Exception {
    publish();
    newCode("code 2");
    publish();
    scf.CreateAlias(
        with(
            CreateAliasRequest.class,
            name,
            "Name",
            "ruled",
            "FunctionVersion",
            "1",
            "RoutingConfig",
            Models.of(
                RoutingConfig.class,
                "AddtionVersionMatchs",
                List.of(
                    Models.of(
                        VersionMatch.class,
                        "Version",
                        "2",
                        "Key",
                        "invoke.headers.User",
                        "Method",
                        "exact",
                        "Expression",
                        "alice")))));
    assertEquals(
        "\"code 2 of 2\"",
        customer
            .invoke(name, "{}", "Qualifier", "ruled", "RoutingKey", "{\"User\":\"alice\"}")
            .getRetMsg());
    assertEquals(
        "\"code 1 of 1\"",
        customer
            .invoke(name, "{}", "Qualifier", "ruled", "RoutingKey", "{\"User\":\"bob\"}")
            .getRetMsg());
    assertEquals("\"code 1 of 1\"", customer.invoke(name, "{}", "Qualifier", "ruled").getRetMsg());
  }

  @Test
  void theDefaultAliasIsThereAndCanBeMoved() throws Exception {
    publish();
    newCode("code 2");
    assertEquals("$LATEST", get("$DEFAULT").getFunctionVersion());
    assertEquals("\"code 2 of $LATEST\"", customer.call(name, "{}").getRetMsg());
    scf.UpdateAlias(
        with(UpdateAliasRequest.class, name, "Name", "$DEFAULT", "FunctionVersion", "1"));
    assertEquals("\"code 1 of 1\"", customer.call(name, "{}").getRetMsg());
    assertEquals("\"code 2 of $LATEST\"", customer.invoke(name, "{}").getRetMsg());
  }

  @Test
  void aliasesAreListedAndCounted() throws Exception {
    publish();
    alias("one", "1");
    alias("two", "1");
    ListAliasesResponse all = aliases();
    assertEquals(Set.of("$DEFAULT", "one", "two"), names(all));
    assertEquals(3, all.getTotalCount());
    assertEquals(Set.of("one", "two"), names(aliases("FunctionVersion", "1")));
    ListAliasesResponse page = aliases("Offset", "1", "Limit", "1");
    assertEquals(1, page.getAliases().length);
    assertEquals(3, page.getTotalCount());
  }

  @Test
  void anAliasIsRefusedWhenItCannotBe() throws Exception {
    publish();
    alias("prod", "1");
    refused("ResourceInUse.Alias", () -> alias("prod", "1"));
    refused("ResourceNotFound.FunctionVersion", () -> alias("lost", "9"));
    refused(
        "ResourceNotFound.Function",
        () ->
            scf.CreateAlias(
                with(CreateAliasRequest.class, "nobody", "Name", "a", "FunctionVersion", "1")));
    refused("ResourceNotFound.Alias", () -> get("nothing"));
    refused(
        "ResourceNotFound.Alias",
        () ->
            scf.UpdateAlias(
                with(UpdateAliasRequest.class, name, "Name", "nothing", "FunctionVersion", "1")));
    refused(
        "MissingParameter",
        () -> scf.UpdateAlias(with(UpdateAliasRequest.class, name, "Name", "prod")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1st", "with blank", "dot.ted", "-a"})
  void aBadAliasNameIsRefused(String alias) {
    refused("InvalidParameterValue.Name", () -> alias(alias, "$LATEST"));
  }

  @Test
  void aDeletedAliasIsGone() throws Exception {
    publish();
    alias("prod", "1");
    scf.DeleteAlias(with(DeleteAliasRequest.class, name, "Name", "prod"));
    refused("ResourceNotFound.Alias", () -> get("prod"));
    refused(
        "ResourceNotFound.Alias",
        () -> scf.DeleteAlias(with(DeleteAliasRequest.class, name, "Name", "prod")));
    assertTrue(names(aliases()).contains("$DEFAULT"));
  }

  private PublishVersionResponse publish(Object... more) throws Exception {
    return scf.PublishVersion(with(PublishVersionRequest.class, name, more));
  }

  private void newCode(String says) throws Exception {
    scf.UpdateFunctionCode(
        with(
            UpdateFunctionCodeRequest.class,
            name,
            "ZipFile",
            zip("index.py", ANSWER.formatted(says))));
  }

  private void alias(String alias, String version) throws Exception {
    scf.CreateAlias(
        with(CreateAliasRequest.class, name, "Name", alias, "FunctionVersion", version));
  }

  private GetAliasResponse get(String alias) throws Exception {
    return scf.GetAlias(with(GetAliasRequest.class, name, "Name", alias));
  }

  private ListAliasesResponse aliases(Object... more) throws Exception {
    return scf.ListAliases(with(ListAliasesRequest.class, name, more));
  }

  private ListVersionByFunctionResponse versions(Object... more) throws Exception {
    return versionsOf(name, more);
  }

  private ListVersionByFunctionResponse versionsOf(String function, Object... more)
      throws Exception {
    return scf.ListVersionByFunction(with(ListVersionByFunctionRequest.class, function, more));
  }

  private static Set<String> names(ListAliasesResponse page) {
    return new HashSet<>(Arrays.stream(page.getAliases()).map(Alias::getName).toList());
  }
}
