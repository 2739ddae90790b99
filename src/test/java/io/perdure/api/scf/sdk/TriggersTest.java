package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.assertTime;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.CreateTriggerRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteTriggerRequest;
import com.tencentcloudapi.scf.v20180416.models.ListTriggersRequest;
import com.tencentcloudapi.scf.v20180416.models.ListTriggersResponse;
import com.tencentcloudapi.scf.v20180416.models.Trigger;
import com.tencentcloudapi.scf.v20180416.models.TriggerInfo;
import com.tencentcloudapi.scf.v20180416.models.UpdateTriggerRequest;
import com.tencentcloudapi.scf.v20180416.models.UpdateTriggerStatusRequest;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TriggersTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

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
    name = customer.create("scheduled", ECHO);
  }

  @Test
  void aTimerIsMadeAndShown() throws Exception {
    Trigger made =
        create(
            "nightly",
            "0 0 2 * * * *",
            "CustomArgument",
            "argument",
            "Description",
            "every night",
            "Enable",
            "OPEN");
    assertEquals("nightly", made.getTriggerName());
    assertEquals("timer", made.getType());
    assertTrue(made.getTriggerDesc().contains("0 0 2 * * * *"), made.getTriggerDesc());
    assertEquals(1, made.getEnable());
    assertEquals("argument", made.getCustomArgument());
    assertEquals("$LATEST", made.getQualifier());
    assertEquals("every night", made.getDescription());
    assertEquals("Available", made.getAvailableStatus());
    assertTime(made.getAddTime());
    assertTime(made.getModTime());
    TriggerInfo listed = list().getTriggers()[0];
    assertEquals("nightly", listed.getTriggerName());
    assertEquals("timer", listed.getType());
    assertEquals(1, listed.getEnable());
    assertEquals("argument", listed.getCustomArgument());
    assertEquals(1, list().getTotalCount());
    assertEquals("nightly", customer.get(name).getTriggers()[0].getTriggerName());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/5 * * * * * *",
        "0 15 10 1 * * *",
        "0 0 10,14,16 * * * *",
        "0 */30 9-17 * * * *",
        "0 0 12 * * WED *",
        "0 0 0 1 JAN * 2030",
        "{\"cron\":\"0 0 2 * * * *\"}",
        "*/5 * * * *",
        "0 0 2 * * *",
      })
  void scheduleOfEveryDocumentedFormIsTaken(String cron) throws Exception {
    create("timer", cron);
    assertEquals(1, list().getTotalCount());
  }

  @ParameterizedTest
  @ValueSource(strings = {"every day", "61 * * * * * *", "* * *", "", "0 0 25 * * * *"})
  void aWrongScheduleIsRefused(String cron) {
    refused("InvalidParameterValue.TriggerDesc", () -> create("timer", cron));
  }

  @Test
  void aTimerIsSwitchedOffAndOn() throws Exception {
    create("switched", "0 0 2 * * * *");
    scf.UpdateTriggerStatus(
        with(
            UpdateTriggerStatusRequest.class,
            name,
            "TriggerName",
            "switched",
            "Type",
            "timer",
            "Enable",
            "CLOSE"));
    assertEquals(0, list().getTriggers()[0].getEnable());
    scf.UpdateTriggerStatus(
        with(
            UpdateTriggerStatusRequest.class,
            name,
            "TriggerName",
            "switched",
            "Type",
            "timer",
            "Enable",
            "OPEN"));
    assertEquals(1, list().getTriggers()[0].getEnable());
  }

  @Test
  void aTimerIsChanged() throws Exception {
    create("changed", "0 0 2 * * * *", "CustomArgument", "before");
    scf.UpdateTrigger(
        with(
            UpdateTriggerRequest.class,
            name,
            "TriggerName",
            "changed",
            "Type",
            "timer",
            "TriggerDesc",
            "0 0 3 * * * *",
            "CustomArgument",
            "after"));
    TriggerInfo listed = list().getTriggers()[0];
    assertTrue(listed.getTriggerDesc().contains("0 0 3 * * * *"), listed.getTriggerDesc());
    assertEquals("after", listed.getCustomArgument());
  }

  @Test
  void aDeletedTimerIsGone() throws Exception {
    create("leaving", "0 0 2 * * * *");
    delete("leaving");
    assertEquals(0, list().getTotalCount());
    refused("ResourceNotFound.Trigger", () -> delete("leaving"));
  }

  @Test
  void timersArePaged() throws Exception {
    for (String trigger : List.of("a1", "b2", "c3")) {
      create(trigger, "0 0 2 * * * *");
    }
    ListTriggersResponse page =
        scf.ListTriggers(with(ListTriggersRequest.class, name, "Offset", 1, "Limit", 1));
    assertEquals(1, page.getTriggers().length);
    assertEquals(3, page.getTotalCount());
    assertEquals(
        3, Arrays.stream(list().getTriggers()).map(TriggerInfo::getTriggerName).distinct().count());
  }

  @Test
  void aNameInUseIsRefused() throws Exception {
    create("taken", "0 0 2 * * * *");
    refused("ResourceInUse.Trigger", () -> create("taken", "0 0 2 * * * *"));
  }

  @Test
  void wrongInputIsRefused() {
    refused("InvalidParameterValue.TriggerName", () -> create("1st", "0 0 2 * * * *"));
    refused(
        "InvalidParameterValue.CustomArgument",
        () -> create("long", "0 0 2 * * * *", "CustomArgument", "x".repeat(4097)));
    refused(
        "InvalidParameterValue.Enable", () -> create("half", "0 0 2 * * * *", "Enable", "HALF"));
    refused(
        "ResourceNotFound.Function",
        () ->
            scf.CreateTrigger(
                with(
                    CreateTriggerRequest.class,
                    "nobody",
                    "TriggerName",
                    "t",
                    "Type",
                    "timer",
                    "TriggerDesc",
                    "0 0 2 * * * *")));
    refused(
        "ResourceNotFound.Function",
        () -> scf.ListTriggers(with(ListTriggersRequest.class, "nobody")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cos", "apigw", "ckafka", "cls", "cmq"})
  void otherTypesAreUnsupported(String type) {
    refused(
        "UnsupportedOperation",
        () ->
            scf.CreateTrigger(
                with(
                    CreateTriggerRequest.class,
                    name,
                    "TriggerName",
                    "other",
                    "Type",
                    type,
                    "TriggerDesc",
                    "{}")));
  }

  private Trigger create(String trigger, String cron, Object... more) throws Exception {
    CreateTriggerRequest request = with(CreateTriggerRequest.class, name, more);
    request.setTriggerName(trigger);
    request.setType("timer");
    request.setTriggerDesc(cron);
    return scf.CreateTrigger(request).getTriggerInfo();
  }

  private void delete(String trigger) throws Exception {
    scf.DeleteTrigger(
        with(DeleteTriggerRequest.class, name, "TriggerName", trigger, "Type", "timer"));
  }

  private ListTriggersResponse list() throws Exception {
    return scf.ListTriggers(with(ListTriggersRequest.class, name));
  }
}
