package io.perdure.api.scf.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.testkit.Zips;
import io.perdure.testkit.fuzz.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Valid requests of many actions, from which all others are made. */
final class SeedRequests {
  /** A function the test itself serves. */
  static final String FUNCTION = "echo";

  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String ZIP =
      Base64.getEncoder()
          .encodeToString(Zips.of("index.py", "def main_handler(e, c):\n  return e\n"));

  private static final List<Map.Entry<String, String>> ACTIONS =
      List.of(
          Map.entry(
              "ListNamespaces",
              "{'Limit':10,'Offset':0,'SearchKey':[{'Key':'Namespace','Value':'e'}]}"),
          Map.entry("CreateNamespace", "{'Namespace':'made','Description':'d'}"),
          Map.entry("UpdateNamespace", "{'Namespace':'made','Description':'e'}"),
          Map.entry("DeleteNamespace", "{'Namespace':'made'}"),
          Map.entry(
              "CreateFunction",
              "{'FunctionName':'made','Code':{'ZipFile':'ZIP'},'Handler':'index.main_handler',"
                  + "'Runtime':'Python3.10','MemorySize':128,'Timeout':3,'Namespace':'default',"
                  + "'Environment':{'Variables':[{'Key':'a','Value':'b'},{'Key':'c','Value':'d'}]},"
                  + "'AsyncRunEnable':'FALSE','Tags':[{'Key':'k','Value':'v'}]}"),
          Map.entry("UpdateFunctionCode", "{'FunctionName':'made','ZipFile':'ZIP'}"),
          Map.entry(
              "UpdateFunctionConfiguration",
              "{'FunctionName':'made','MemorySize':256,'Timeout':5,"
                  + "'Environment':{'Variables':[{'Key':'a','Value':'c'}]},'IgnoreSysLog':true}"),
          Map.entry(
              "GetFunction", "{'FunctionName':'made','Qualifier':'$LATEST','ShowCode':'TRUE'}"),
          Map.entry("GetFunction", "{'FunctionName':'" + FUNCTION + "'}"),
          Map.entry(
              "ListFunctions",
              "{'Order':'ASC','Orderby':'FunctionName','Offset':0,'Limit':20,'SearchKey':'e',"
                  + "'Filters':[{'Name':'Runtime','Values':['Python3.10','Nodejs18.15']}]}"),
          Map.entry("DeleteFunction", "{'FunctionName':'made'}"),
          Map.entry(
              "CopyFunction", "{'FunctionName':'made','NewFunctionName':'copy','Override':true}"),
          Map.entry("GetFunctionAddress", "{'FunctionName':'made'}"),
          Map.entry("PublishVersion", "{'FunctionName':'" + FUNCTION + "','Description':'d'}"),
          Map.entry(
              "ListVersionByFunction", "{'FunctionName':'" + FUNCTION + "','OrderBy':'AddTime'}"),
          Map.entry(
              "CreateAlias",
              "{'Name':'live','FunctionName':'"
                  + FUNCTION
                  + "','FunctionVersion':'$LATEST',"
                  + "'RoutingConfig':{'AdditionalVersionWeights':[{'Version':'1','Weight':0.3}]}}"),
          Map.entry("ListAliases", "{'FunctionName':'" + FUNCTION + "','Offset':'0','Limit':'20'}"),
          Map.entry("DeleteAlias", "{'FunctionName':'" + FUNCTION + "','Name':'live'}"),
          Map.entry(
              "PutReservedConcurrencyConfig",
              "{'FunctionName':'" + FUNCTION + "','ReservedConcurrencyMem':1280}"),
          Map.entry("GetReservedConcurrencyConfig", "{'FunctionName':'" + FUNCTION + "'}"),
          Map.entry("DeleteReservedConcurrencyConfig", "{'FunctionName':'" + FUNCTION + "'}"),
          Map.entry("GetAccount", "{}"),
          Map.entry("GetFunctionEventInvokeConfig", "{'FunctionName':'" + FUNCTION + "'}"),
          Map.entry(
              "UpdateFunctionEventInvokeConfig",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','AsyncTriggerConfig':"
                  + "{'RetryConfig':[{'RetryNum':1}],'MsgTTL':3600}}"),
          Map.entry(
              "Invoke",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','InvocationType':'RequestResponse',"
                  + "'ClientContext':'{}','LogType':'Tail','RoutingKey':'{}'}"),
          Map.entry(
              "Invoke",
              "{'FunctionName':'" + FUNCTION + "','InvocationType':'Event','ClientContext':'[1]'}"),
          Map.entry("InvokeFunction", "{'FunctionName':'" + FUNCTION + "','Event':'{}'}"),
          Map.entry(
              "GetRequestStatus",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','FunctionRequestId':'ID',"
                  + "'StartTime':'2026-01-01 00:00:00','EndTime':'2026-01-02 00:00:00'}"),
          Map.entry(
              "GetFunctionLogs",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','Offset':0,'Limit':10,'Order':'desc',"
                  + "'OrderBy':'start_time','Filter':{'RetCode':'is0'},"
                  + "'SearchContext':{'Offset':'0','Limit':5}}"),
          Map.entry("GetAsyncEventStatus", "{'InvokeRequestId':'ID'}"),
          Map.entry(
              "ListAsyncEvents",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','InvokeType':['TRIGGER_API'],"
                  + "'Status':['FINISHED','FAILED'],'Order':'DESC','Orderby':'StartTime',"
                  + "'StartTimeInterval':"
                  + "{'Start':'2026-01-01 00:00:00','End':'2026-01-02 00:00:00'},"
                  + "'Offset':0,'Limit':20}"),
          Map.entry(
              "TerminateAsyncEvent",
              "{'FunctionName':'" + FUNCTION + "','InvokeRequestId':'ID','GraceShutdown':true}"),
          Map.entry(
              "CreateTrigger",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','TriggerName':'tick','Type':'timer',"
                  + "'TriggerDesc':'0 */5 * * * * *','Enable':'OPEN','CustomArgument':'x'}"),
          Map.entry("ListTriggers", "{'FunctionName':'" + FUNCTION + "'}"),
          Map.entry(
              "DeleteTrigger",
              "{'FunctionName':'" + FUNCTION + "','TriggerName':'tick','Type':'timer'}"),
          Map.entry(
              "UpdateTriggerStatus",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','TriggerName':'tick','Type':'timer','Enable':'CLOSE'}"),
          Map.entry(
              "UpdateTrigger",
              "{'FunctionName':'"
                  + FUNCTION
                  + "','TriggerName':'tick','Type':'timer','TriggerDesc':'0 0 12 * * MON *'}"),
          Map.entry(
              "UpdateAlias",
              "{'Name':'live','FunctionName':'" + FUNCTION + "','FunctionVersion':'1'}"),
          Map.entry("GetAlias", "{'FunctionName':'" + FUNCTION + "','Name':'live'}"),
          Map.entry("DeleteFunctionVersion", "{'FunctionName':'" + FUNCTION + "','Qualifier':'2'}"),
          Map.entry("PutTotalConcurrencyConfig", "{'TotalConcurrencyMem':128000}"),
          Map.entry("PublishLayerVersion", "{'LayerName':'l'}"));

  private SeedRequests() {}

  /** Parameters of an action, as a tree of their own. */
  record Seed(String action, ObjectNode parameters) {}

  /**
   * One of the seeds.
   *
   * @param event an asynchronous event there is, or null
   */
  static Seed any(Random random, String event) {
    String id = event == null || random.nextBoolean() ? id(random) : event;
    Map.Entry<String, String> entry = ACTIONS.get(random.nextInt(ACTIONS.size()));
    String text = entry.getValue().replace('\'', '"').replace("ZIP", ZIP).replace("ID", id);
    try {
      return new Seed(entry.getKey(), (ObjectNode) JSON.readTree(text.getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request of that seed in any of its forms. */
  static Draft draft(Seed seed, long nowSeconds, Random random) {
    Draft.Form[] forms = Draft.Form.values();
    Draft draft = new Draft(forms[random.nextInt(forms.length)]);
    draft.common.put("Action", seed.action());
    draft.common.put("Version", "2018-04-16");
    draft.common.put("Timestamp", Long.toString(nowSeconds));
    draft.common.put("Region", "ap-guangzhou");
    if (draft.v1()) {
      draft.common.put("Nonce", Integer.toString(random.nextInt(65_536)));
      draft.common.put("SignatureMethod", random.nextBoolean() ? "HmacSHA1" : "HmacSHA256");
    } else {
      draft.unsignedPayload = random.nextInt(8) == 0;
    }
    if (draft.form == Draft.Form.JSON) {
      draft.json = seed.parameters().toString().getBytes(UTF_8);
      draft.contentType =
          random.nextBoolean() ? "application/json" : "application/json; charset=utf-8";
    } else {
      flatten("", seed.parameters(), draft.flat);
    }
    return draft;
  }

  private static void flatten(String name, JsonNode value, List<Pair> pairs) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              member ->
                  flatten(
                      name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
                      member.getValue(),
                      pairs));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        flatten(name + "." + i, value.get(i), pairs);
      }
    } else if (!value.isNull()) {
      pairs.add(new Pair(name, value.asText()));
    }
  }

  private static String id(Random random) {
    return "019b%04x-%04x-7%03x-8%03x-%012x"
        .formatted(
            random.nextInt(1 << 16),
            random.nextInt(1 << 16),
            random.nextInt(1 << 12),
            random.nextInt(1 << 12),
            random.nextLong() & 0xffffffffffffL);
  }
}
