package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.refused;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.Code;
import com.tencentcloudapi.scf.v20180416.models.CreateCustomDomainRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteCustomDomainRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteLayerVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteProvisionedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.GetCustomDomainRequest;
import com.tencentcloudapi.scf.v20180416.models.GetLayerVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.GetProvisionedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.ListCustomDomainsRequest;
import com.tencentcloudapi.scf.v20180416.models.ListLayerVersionsRequest;
import com.tencentcloudapi.scf.v20180416.models.ListLayersRequest;
import com.tencentcloudapi.scf.v20180416.models.PublishLayerVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.PutProvisionedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.UpdateCustomDomainRequest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** What the cloud has and a machine of one's own has not. */
@Timeout(60)
class UnsupportedTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  @TestFactory
  Stream<DynamicTest> everyActionThatHasNoPlaceHereSaysWhatToUseInstead() {
    ScfClient scf = NODE.client();
    return Stream.of(
        unsupported(
            "PublishLayerVersion",
            () ->
                scf.PublishLayerVersion(
                    Models.of(
                        PublishLayerVersionRequest.class,
                        "LayerName",
                        "layer",
                        "CompatibleRuntimes",
                        List.of("Python3.7"),
                        "Content",
                        Models.of(Code.class, "ZipFile", "UEsFBgAAAAA=")))),
        unsupported(
            "GetLayerVersion",
            () ->
                scf.GetLayerVersion(
                    Models.of(
                        GetLayerVersionRequest.class, "LayerName", "layer", "LayerVersion", 1))),
        unsupported(
            "DeleteLayerVersion",
            () ->
                scf.DeleteLayerVersion(
                    Models.of(
                        DeleteLayerVersionRequest.class, "LayerName", "layer", "LayerVersion", 1))),
        unsupported("ListLayers", () -> scf.ListLayers(new ListLayersRequest())),
        unsupported(
            "ListLayerVersions",
            () ->
                scf.ListLayerVersions(
                    Models.of(ListLayerVersionsRequest.class, "LayerName", "layer"))),
        unsupported(
            "PutProvisionedConcurrencyConfig",
            () ->
                scf.PutProvisionedConcurrencyConfig(
                    Models.of(
                        PutProvisionedConcurrencyConfigRequest.class,
                        "FunctionName",
                        "f",
                        "Qualifier",
                        "1",
                        "VersionProvisionedConcurrencyNum",
                        1))),
        unsupported(
            "GetProvisionedConcurrencyConfig",
            () ->
                scf.GetProvisionedConcurrencyConfig(
                    Models.of(GetProvisionedConcurrencyConfigRequest.class, "FunctionName", "f"))),
        unsupported(
            "DeleteProvisionedConcurrencyConfig",
            () ->
                scf.DeleteProvisionedConcurrencyConfig(
                    Models.of(
                        DeleteProvisionedConcurrencyConfigRequest.class,
                        "FunctionName",
                        "f",
                        "Qualifier",
                        "1"))),
        unsupported(
            "CreateCustomDomain",
            () ->
                scf.CreateCustomDomain(
                    Models.of(
                        CreateCustomDomainRequest.class,
                        "Domain",
                        "example.org",
                        "Protocol",
                        "HTTP"))),
        unsupported(
            "UpdateCustomDomain",
            () ->
                scf.UpdateCustomDomain(
                    Models.of(UpdateCustomDomainRequest.class, "Domain", "example.org"))),
        unsupported(
            "GetCustomDomain",
            () ->
                scf.GetCustomDomain(
                    Models.of(GetCustomDomainRequest.class, "Domain", "example.org"))),
        unsupported(
            "DeleteCustomDomain",
            () ->
                scf.DeleteCustomDomain(
                    Models.of(DeleteCustomDomainRequest.class, "Domain", "example.org"))),
        unsupported(
            "ListCustomDomains", () -> scf.ListCustomDomains(new ListCustomDomainsRequest())));
  }

  private static DynamicTest unsupported(String action, Executable call) {
    return DynamicTest.dynamicTest(
        action,
        () -> {
          String message = refused("UnsupportedOperation", call).getMessage();
          assertTrue(message.length() > 20, message);
        });
  }
}
