package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.assertTime;
import static io.perdure.api.scf.sdk.Customer.function;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.CopyFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.CreateFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.Filter;
import com.tencentcloudapi.scf.v20180416.models.Function;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionResponse;
import com.tencentcloudapi.scf.v20180416.models.ListFunctionsRequest;
import com.tencentcloudapi.scf.v20180416.models.ListFunctionsResponse;
import com.tencentcloudapi.scf.v20180416.models.PutReservedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.Tag;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ListFunctions} and {@code CopyFunction}. */
@Timeout(60)
class ListFunctionsTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private Customer customer;
  private ScfClient scf;
  private String space;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() throws Exception {
    customer = new Customer(NODE);
    scf = customer.client();
    space = customer.namespace("list");
  }

  @Test
  void anItemHasTheDocumentedFields() throws Exception {
    make("item", "Description", "it", "TraceEnable", "TRUE", "MemorySize", 128);
    scf.PutReservedConcurrencyConfig(
        with(
            PutReservedConcurrencyConfigRequest.class,
            "item",
            "Namespace",
            space,
            "ReservedConcurrencyMem",
            256));
    Function item = list().getFunctions()[0];
    assertEquals("item", item.getFunctionName());
    assertEquals(customer.get("item", "Namespace", space).getFunctionId(), item.getFunctionId());
    assertEquals(space, item.getNamespace());
    assertEquals("Python3.7", item.getRuntime());
    assertEquals("Active", item.getStatus());
    assertEquals("", item.getStatusDesc());
    assertEquals("it", item.getDescription());
    assertEquals("Event", item.getType());
    assertEquals(0, item.getTags().length);
    assertEquals(0, item.getStatusReasons().length);
    assertEquals(256, item.getReservedConcurrencyMem());
    assertEquals("FALSE", item.getAsyncRunEnable());
    assertEquals("TRUE", item.getTraceEnable());
    assertTime(item.getAddTime());
    assertTime(item.getModTime());
  }

  @Test
  void pagesAreOrderedAndCounted() throws Exception {
    for (String name : List.of("cc", "aa", "bb", "dd")) {
      make(name);
    }
    assertEquals(
        List.of("aa", "bb", "cc", "dd"), names(list("Orderby", "FunctionName", "Order", "ASC")));
    assertEquals(
        List.of("dd", "cc", "bb", "aa"), names(list("Orderby", "FunctionName", "Order", "DESC")));
    assertEquals(
        List.of("cc", "aa", "bb", "dd"), names(list("Orderby", "AddTime", "Order", "ASC")));
    ListFunctionsResponse page =
        list("Orderby", "FunctionName", "Order", "ASC", "Offset", 1, "Limit", 2);
    assertEquals(List.of("bb", "cc"), names(page));
    assertEquals(4, page.getTotalCount());
    ListFunctionsResponse past = list("Offset", 10);
    assertEquals(0, past.getFunctions().length);
    assertEquals(4, past.getTotalCount());
  }

  @Test
  void twentyAreShownUnlessMoreAreAskedFor() throws Exception {
    for (int i = 0; i < 21; i++) {
      make("many-" + i);
    }
    assertEquals(20, list().getFunctions().length);
    assertEquals(21, list().getTotalCount());
    assertEquals(21, list("Limit", 100).getFunctions().length);
  }

  @Test
  void aNameIsSearchedByAnyPartOfIt() throws Exception {
    make("resize-photo");
    make("photo-store");
    make("mail", "Description", "sends a photo");
    assertEquals(
        List.of("photo-store", "resize-photo"),
        names(list("SearchKey", "photo", "Orderby", "FunctionName", "Order", "ASC")));
    assertEquals(List.of("mail"), names(list("Description", "photo")));
  }

  @Test
  void filtersCombineWithAndTheirValuesWithOr() throws Exception {
    make("async", "AsyncRunEnable", "TRUE", "TraceEnable", "TRUE");
    make("async-untracked", "AsyncRunEnable", "TRUE");
    make("plain", "Tags", List.of(Models.of(Tag.class, "Key", "team", "Value", "blue")));
    assertEquals(2, filtered(filter("AsyncRunEnable", "TRUE")).size());
    assertEquals(
        List.of("async"),
        filtered(filter("AsyncRunEnable", "TRUE"), filter("TraceEnable", "TRUE")));
    assertEquals(3, filtered(filter("Runtime", "Python3.7", "Nodejs16.13")).size());
    assertEquals(0, filtered(filter("Runtime", "Nodejs16.13")).size());
    assertEquals(3, filtered(filter("Status", "Active", "Creating")).size());
    assertEquals(3, filtered(filter("Type", "Event")).size());
    assertEquals(List.of("plain"), filtered(filter("tag-team", "blue", "red")));
  }

  @ParameterizedTest
  @CsvSource({
    "Order, UP, InvalidParameterValue.Order",
    "Orderby, Size, InvalidParameterValue.Order",
  })
  void aWrongOrderIsRefused(String field, String value, String code) {
    refused(code, () -> list(field, value));
  }

  @Test
  void aWrongPageIsRefused() {
    refused("InvalidParameterValue.Limit", () -> list("Limit", -1));
    refused("InvalidParameterValue.Offset", () -> list("Offset", -1));
    refused(
        "ResourceNotFound.Namespace",
        () -> scf.ListFunctions(Models.of(ListFunctionsRequest.class, "Namespace", "nowhere")));
  }

  @Test
  void aCopyHasCodeAndConfiguration() throws Exception {
    make("original", "Timeout", 12, "Description", "first");
    copy("copy", "TargetNamespace", space);
    GetFunctionResponse got = customer.get("copy", "Namespace", space);
    assertEquals(12, got.getTimeout());
    assertEquals("first", got.getDescription());
    assertEquals("{\"a\": 1}", customer.call("copy", "{\"a\": 1}", "Namespace", space).getRetMsg());
  }

  @Test
  void aCopyGoesToDefaultUnlessItIsToldWhere() throws Exception {
    make("original");
    String name = NODE.fresh("copy");
    copy(name, "Description", "second");
    assertEquals("second", customer.get(name).getDescription());
  }

  @Test
  void aCopyDoesNotOverwriteUnlessToldTo() throws Exception {
    make("original", "Timeout", 12);
    make("taken", "Timeout", 5);
    refused("ResourceInUse.FunctionName", () -> copy("taken", "TargetNamespace", space));
    copy("taken", "TargetNamespace", space, "Override", true);
    assertEquals(12, customer.get("taken", "Namespace", space).getTimeout());
  }

  @Test
  void aCopyWithoutConfigurationHasTheDefaults() throws Exception {
    make("original", "Timeout", 12, "MemorySize", 512);
    copy("bare", "TargetNamespace", space, "CopyConfiguration", false);
    GetFunctionResponse got = customer.get("bare", "Namespace", space);
    assertEquals(3, got.getTimeout());
    assertEquals(128, got.getMemorySize());
  }

  @Test
  void whatCannotBeCopiedIsRefused() throws Exception {
    refused("ResourceNotFound.Function", () -> copy("copy"));
    make("original");
    refused("ResourceNotFound.Namespace", () -> copy("copy", "TargetNamespace", "nowhere"));
    refused("UnsupportedOperation.Region", () -> copy("copy", "TargetRegion", "ap-shanghai"));
    refused("InvalidParameterValue.FunctionName", () -> copy("9"));
  }

  private void copy(String name, Object... more) throws Exception {
    CopyFunctionRequest request = with(CopyFunctionRequest.class, "original", more);
    request.setNamespace(space);
    request.setNewFunctionName(name);
    scf.CopyFunction(request);
  }

  private void make(String name, Object... more) throws Exception {
    CreateFunctionRequest request = function(name, ECHO, more);
    request.setNamespace(space);
    scf.CreateFunction(request);
  }

  private ListFunctionsResponse list(Object... fields) throws Exception {
    ListFunctionsRequest request = Models.of(ListFunctionsRequest.class, fields);
    request.setNamespace(space);
    return scf.ListFunctions(request);
  }

  private List<String> filtered(Filter... filters) throws Exception {
    return names(list("Filters", List.of(filters), "Orderby", "FunctionName", "Order", "ASC"));
  }

  private static Filter filter(String name, String... values) {
    return Models.of(Filter.class, "Name", name, "Values", List.of(values));
  }

  private static List<String> names(ListFunctionsResponse page) {
    assertTrue(page.getTotalCount() >= page.getFunctions().length);
    return Arrays.stream(page.getFunctions()).map(Function::getFunctionName).toList();
  }
}
