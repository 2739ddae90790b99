package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.assertTime;
import static io.perdure.api.scf.sdk.Customer.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.CreateNamespaceRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteNamespaceRequest;
import com.tencentcloudapi.scf.v20180416.models.ListNamespacesRequest;
import com.tencentcloudapi.scf.v20180416.models.ListNamespacesResponse;
import com.tencentcloudapi.scf.v20180416.models.Namespace;
import com.tencentcloudapi.scf.v20180416.models.SearchKey;
import com.tencentcloudapi.scf.v20180416.models.UpdateNamespaceRequest;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class NamespacesTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private Customer customer;
  private ScfClient scf;

  @BeforeEach
  void connect() {
    customer = new Customer(NODE);
    scf = customer.client();
  }

  @Test
  void defaultIsThereFromTheStart() throws Exception {
    Namespace namespace = only("default");
    assertEquals("default", namespace.getType());
    assertTime(namespace.getAddTime());
    assertTime(namespace.getModTime());
  }

  @Test
  void aNamespaceIsMadeAndShown() throws Exception {
    scf.CreateNamespace(of(CreateNamespaceRequest.class, "made", "Description", "for tests"));
    Namespace namespace = only("made");
    assertEquals("for tests", namespace.getDescription());
    assertEquals("default", namespace.getType());
    assertTime(namespace.getAddTime());
  }

  @Test
  void aNameInUseIsRefused() throws Exception {
    String name = customer.namespace("twice");
    refused(
        "ResourceInUse.Namespace",
        () -> scf.CreateNamespace(of(CreateNamespaceRequest.class, name)));
    refused(
        "InvalidParameterValue.DefaultNamespace",
        () -> scf.CreateNamespace(of(CreateNamespaceRequest.class, "default")));
  }

  @Test
  void aBadNameIsRefused() {
    for (String name : List.of("with blank", "dot.ted", "x".repeat(61), "ü")) {
      refused(
          "InvalidParameterValue.NamespaceInvalid",
          () -> scf.CreateNamespace(of(CreateNamespaceRequest.class, name)));
    }
    refused(
        "InvalidParameterValue.Description",
        () ->
            scf.CreateNamespace(
                of(CreateNamespaceRequest.class, "long", "Description", "d".repeat(1001))));
    refused(
        "MissingParameter",
        () -> scf.CreateNamespace(Models.of(CreateNamespaceRequest.class, "Description", "d")));
  }

  @Test
  void itsDescriptionIsChanged() throws Exception {
    String name = customer.namespace("described");
    scf.UpdateNamespace(of(UpdateNamespaceRequest.class, name, "Description", "another"));
    assertEquals("another", only(name).getDescription());
    refused(
        "ResourceNotFound.Namespace",
        () ->
            scf.UpdateNamespace(
                of(UpdateNamespaceRequest.class, "nowhere", "Description", "none")));
    refused("MissingParameter", () -> scf.UpdateNamespace(of(UpdateNamespaceRequest.class, name)));
  }

  @Test
  void anEmptyNamespaceIsDeleted() throws Exception {
    String name = customer.namespace("leaving");
    scf.DeleteNamespace(of(DeleteNamespaceRequest.class, name));
    assertTrue(list("SearchKey", List.of(key("Namespace", name))).getNamespaces().length == 0);
    refused(
        "ResourceNotFound.Namespace",
        () -> scf.DeleteNamespace(of(DeleteNamespaceRequest.class, name)));
    refused(
        "FailedOperation.DeleteNamespace",
        () -> scf.DeleteNamespace(of(DeleteNamespaceRequest.class, "default")));
  }

  @Test
  void aNamespaceWithFunctionsIsNotDeleted() throws Exception {
    Python.require();
    String name = customer.namespace("full");
    String function = customer.create("inside", Customer.ECHO, "Namespace", name);
    refused(
        "ResourceInUse.Namespace",
        () -> scf.DeleteNamespace(of(DeleteNamespaceRequest.class, name)));
    scf.DeleteFunction(Customer.with(DeleteFunctionRequest.class, function, "Namespace", name));
    scf.DeleteNamespace(of(DeleteNamespaceRequest.class, name));
  }

  @Test
  void pagesAreOrderedAndCounted() throws Exception {
    for (String name : List.of("page-c", "page-a", "page-b")) {
      scf.CreateNamespace(of(CreateNamespaceRequest.class, name));
    }
    List<SearchKey> pages = List.of(key("Namespace", "page-"));
    assertEquals(
        List.of("page-a", "page-b", "page-c"),
        names(list("SearchKey", pages, "Orderby", "Name", "Order", "ASC")));
    assertEquals(
        List.of("page-c", "page-b", "page-a"),
        names(list("SearchKey", pages, "Orderby", "Name", "Order", "DESC")));
    ListNamespacesResponse second =
        list("SearchKey", pages, "Orderby", "Name", "Order", "ASC", "Offset", 1, "Limit", 1);
    assertEquals(List.of("page-b"), names(second));
    assertEquals(3, second.getTotalCount());
    scf.UpdateNamespace(of(UpdateNamespaceRequest.class, "page-a", "Description", "newest"));
    assertEquals(
        List.of("page-a"),
        names(list("SearchKey", List.of(key("Namespace", "page-"), key("Description", "newe")))));
  }

  private Namespace only(String name) throws Exception {
    return Arrays.stream(list("Limit", 100).getNamespaces())
        .filter(namespace -> namespace.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private ListNamespacesResponse list(Object... fields) throws Exception {
    return scf.ListNamespaces(Models.of(ListNamespacesRequest.class, fields));
  }

  private static List<String> names(ListNamespacesResponse page) {
    return Arrays.stream(page.getNamespaces()).map(Namespace::getName).toList();
  }

  private static SearchKey key(String key, String value) {
    return Models.of(SearchKey.class, "Key", key, "Value", value);
  }

  private static <M extends AbstractModel> M of(Class<M> type, String name, Object... more) {
    Object[] fields = new Object[more.length + 2];
    fields[0] = "Namespace";
    fields[1] = name;
    System.arraycopy(more, 0, fields, 2, more.length);
    return Models.of(type, fields);
  }
}
