package io.perdure.api.fc.fuzz;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.testkit.Zips;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Valid requests of many operations, from which all others are made. */
final class FcSeeds {
  /** A function the test itself serves, in the service {@code default}. */
  static final String FUNCTION = "echo";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String ZIP =
      Base64.getEncoder().encodeToString(Zips.of("index.py", "def handler(e, c):\n  return e\n"));

  private static final String ECHO = "/services/default/functions/" + FUNCTION;

  private static final String OF_VERSIONS_1_2 =
      """
      POST /services {'serviceName':'made','description':'d','internetAccess':true,'role':'r',\
      'logConfig':{'project':'p','logstore':'l'},'vpcConfig':{'vSwitchIds':['a','b']}}
      GET /services?limit=20&prefix=m&startKey=a&nextToken=
      GET /services/made
      GET /services/made?qualifier=LATEST
      PUT /services/made {'description':'e','role':''}
      DELETE /services/made
      POST /services/made/functions {'functionName':'made','runtime':'python3','handler':\
      'index.handler','code':{'zipFile':'ZIP'},'timeout':3,'memorySize':128,\
      'environmentVariables':{'a':'b','C':'d'},'instanceConcurrency':1,'initializationTimeout':3,\
      'instanceLifecycleConfig':{'preStop':{'handler':'index.stop','timeout':3}}}
      POST /services/default/functions {'functionName':'web','runtime':'custom','handler':'h',\
      'code':{'zipFile':'ZIP'},'caPort':9000,'customRuntimeConfig':{'command':['a'],'args':['b']},\
      'customHealthCheckConfig':{'httpGetUrl':'/','periodSeconds':3}}
      GET /services/default/functions?limit=2&prefix=e&startKey=a&nextToken=
      GET /services/made/functions/made?qualifier=LATEST
      GET ECHO
      PUT /services/made/functions/made {'timeout':5,'description':'e','InstanceConcurrency':2,\
      'environmentVariables':{'x':'y'}}
      DELETE /services/made/functions/made
      GET /services/made/functions/made/code
      POST /services/made/versions {'description':'d'}
      GET /services/made/versions?limit=10&direction=BACKWARD&startKey=1&nextToken=
      DELETE /services/made/versions/1
      POST /services/made/aliases {'aliasName':'live','versionId':'1','description':'d',\
      'additionalVersionWeight':{'2':0.3}}
      GET /services/made/aliases?limit=10&prefix=l
      GET /services/made/aliases/live
      PUT /services/made/aliases/live {'versionId':'2','additionalVersionWeight':{}}
      DELETE /services/made/aliases/live
      PUT ECHO/async-invoke-config {'statefulInvocation':true,'maxAsyncRetryAttempts':1,\
      'maxAsyncEventAgeInSeconds':3600,'destinationConfig':{'onSuccess':{'destination':\
      'acs:fc:::services/default/functions/echo'},'onFailure':{'destination':'event-bus:none'}}}
      GET ECHO/async-invoke-config?qualifier=LATEST
      GET ECHO/async-invoke-configs?limit=5
      DELETE ECHO/async-invoke-config
      PUT ECHO/on-demand-config?qualifier=LATEST {'maximumInstanceCount':10}
      GET ECHO/on-demand-config?qualifier=LATEST
      DELETE ECHO/on-demand-config?qualifier=LATEST
      GET /on-demand-configs?limit=5&prefix=a&startKey=
      PUT ECHO/provision-config?qualifier=live {'target':1,'scheduledActions':[{'name':'a',\
      'target':2,'scheduleExpression':'cron(0 0 4 * * *)','startTime':'2026-01-01T00:00:00Z'}],\
      'targetTrackingPolicies':[],'alwaysAllocateCPU':true}
      GET ECHO/provision-config?qualifier=live
      GET /provision-configs?limit=5&serviceName=default
      POST /tag {'resourceArn':'services/default','tags':{'k':'v'}}
      PUT /tag {'resourceArn':'services/default','tagKeys':['k'],'all':false}
      GET /tag?resourceArn=services%2Fdefault
      GET /tags?limit=10
      POST ECHO/invocations [1,2]
      POST ECHO/invocations?qualifier=LATEST PAYLOAD
      POST ECHO/invocations PAYLOAD |X-Fc-Log-Type: Tail
      POST ECHO/invocations {'a':1} |X-Fc-Invocation-Type: Async
      POST ECHO/invocations PAYLOAD |X-Fc-Invocation-Type: Async\
      |X-Fc-Stateful-Async-Invocation-Id: TASK|X-Fc-Stateful-Async-Invocation-Enable: true
      POST ECHO/invocations PAYLOAD |X-Fc-Invocation-Type: Async|x-fc-async-delay: 60\
      |X-Fc-Stateful-Async-Invocation-Id: TASK|X-Fc-Stateful-Async-Invocation-Enable: true
      GET ECHO/stateful-async-invocations/TASK
      GET ECHO/stateful-async-invocations/TASK?qualifier=LATEST
      PUT ECHO/stateful-async-invocations/TASK
      GET ECHO/stateful-async-invocations?limit=5&status=Succeeded&sortOrderByTime=desc\
      &includePayload=true&startedTimeBegin=0&startedTimeEnd=9999999999999&invocationIdPrefix=t
      GET ECHO/stateful-async-invocations?limit=2&nextToken=TOKEN
      GET /stateful-async-invocation-functions?limit=5
      GET ECHO/triggers?limit=5
      POST ECHO/triggers {'triggerName':'t','triggerType':'timer','triggerConfig':'{}'}
      GET /custom-domains
      POST /services/made/bindings {'vpcId':'v'}
      GET /layers/l/versions
      GET ECHO/instances
      GET /account-settings
      """;

  /** The oldest version has the qualifier in the path. */
  private static final String OF_VERSION_1 =
      """
      GET /services/default.LATEST/functions/echo
      GET /services/made.live
      GET /services/default.LATEST/functions
      POST /services/default.LATEST/functions/echo/invocations PAYLOAD
      PUT /services/default.LATEST/functions/echo/async-invoke-config {'MaxAsyncRetryAttempts':2,\
      'DestinationConfig':{'OnSuccess':{'Destination':'event-bus:none'}}}
      GET /services/default.LATEST/functions/echo/stateful-async-invocations/TASK
      """;

  private static final String OF_VERSION_3 =
      """
      POST /functions {'functionName':'made','runtime':'python3.10','handler':'index.handler',\
      'code':{'zipFile':'ZIP'},'timeout':3,'memorySize':128,'environmentVariables':{'a':'b'},\
      'description':'d','cpu':0.05,'diskSize':512,'tags':[{'key':'k','value':'v'}],\
      'logConfig':{'project':'p'},'instanceLifecycleConfig':{'initializer':{'handler':'a.b'}}}
      POST /functions {'functionName':'web','runtime':'custom','handler':'h','code':\
      {'zipFile':'ZIP'},'customRuntimeConfig':{'command':['a'],'port':9000,'healthCheckConfig':\
      {'httpGetUrl':'/x'}}}
      GET /functions?limit=5&prefix=m&nextToken=&runtime=python3.10&description=d
      GET /functions/made?qualifier=LATEST
      PUT /functions/made {'timeout':5,'environmentVariables':{},'code':{'zipFile':'ZIP'}}
      DELETE /functions/made
      GET /functions/made/code
      POST /functions/made/versions {'description':'d'}
      GET /functions/made/versions?limit=10&direction=FORWARD&nextToken=
      DELETE /functions/made/versions/1
      POST /functions/made/aliases {'aliasName':'live','versionId':'1'}
      GET /functions/made/aliases?limit=10&prefix=l
      GET /functions/made/aliases/live
      PUT /functions/made/aliases/live {'versionId':'LATEST','description':'e'}
      DELETE /functions/made/aliases/live
      PUT /functions/made/async-invoke-config {'asyncTask':true,'maxAsyncRetryAttempts':0,\
      'destinationConfig':{'onFailure':{'destination':'acs:fc:cn-hangzhou:1:functions/made'}}}
      GET /functions/made/async-invoke-config?qualifier=LATEST
      GET /async-invoke-configs?functionName=made&limit=5
      DELETE /functions/made/async-invoke-config
      PUT /functions/made/concurrency {'reservedConcurrency':10}
      GET /functions/made/concurrency
      DELETE /functions/made/concurrency
      GET /concurrency-configs?functionName=made
      PUT /functions/made/provision-config?qualifier=live {'defaultTarget':1}
      GET /functions/made/provision-config?qualifier=live
      DELETE /functions/made/provision-config?qualifier=live
      GET /provision-configs
      POST /tags-v2 {'ResourceType':'function','ResourceId':['made'],'Tag':[{'Key':'k'}]}
      GET /tags-v2?ResourceType=function&ResourceId=%5B%22made%22%5D&Limit=5
      DELETE /tags-v2?ResourceType=function&ResourceId=%5B%22made%22%5D&TagKey=%5B%22k%22%5D
      POST /functions/made/invocations PAYLOAD |X-Fc-Invocation-Type: Async\
      |x-fc-async-delay: 3600|x-fc-async-task-id: TASK
      POST /functions/made/invocations?qualifier=live PAYLOAD |X-Fc-Invocation-Type: Async\
      |x-fc-async-delay: 3600
      GET /functions/made/async-tasks/TASK
      PUT /functions/made/async-tasks/TASK/stop
      GET /functions/made/async-tasks?limit=5&prefix=t&status=Enqueued&includePayload=true
      GET /functions/made/async-tasks?limit=1&nextToken=TOKEN&sortOrderByTime=asc
      GET /functions/made/triggers
      GET /functions/made/scaling-config
      POST /functions/made/sessions {}
      GET /layers
      GET /regions
      """;

  private static final List<Generation> GENERATIONS =
      List.of(
          new Generation("/2016-08-15", lines(OF_VERSIONS_1_2, OF_VERSION_1)),
          new Generation("/2021-04-06", lines(OF_VERSIONS_1_2)),
          new Generation("/2023-03-30", lines(OF_VERSION_3)));

  private FcSeeds() {}

  private record Generation(String segment, List<String> lines) {
    List<String> makers() {
      return lines.stream()
          .filter(line -> line.contains("'runtime'") || line.startsWith("POST /services {"))
          .toList();
    }
  }

  /**
   * A request that is good.
   *
   * @param tree the body as a tree of its own, null when it is none or none of JSON
   * @param text the body, null for none
   */
  record Seed(String method, String target, ObjectNode tree, String text, List<String> headers) {}

  /**
   * One of the seeds.
   *
   * @param token of a list that has more, or empty
   */
  static Seed any(Random random, String token) {
    Generation generation = GENERATIONS.get(random.nextInt(GENERATIONS.size()));
    // Some things must be there for others to be done.
    List<String> lines = random.nextInt(5) == 0 ? generation.makers() : generation.lines();
    String line =
        lines
            .get(random.nextInt(lines.size()))
            .replace("ECHO", ECHO)
            .replace("TASK", "t" + random.nextInt(20))
            .replace("TOKEN", token)
            .replace('\'', '"');
    String[] parts = line.split("\\|", -1);
    String[] request = parts[0].strip().split(" ", 3);
    String body = request.length < 3 ? null : request[2].replace("ZIP", ZIP);
    return new Seed(
        request[0], generation.segment() + request[1], tree(body), body, headers(parts));
  }

  private static List<String> headers(String[] parts) {
    List<String> headers = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      headers.add(parts[i]);
    }
    return headers;
  }

  private static ObjectNode tree(String body) {
    if (body == null || !body.startsWith("{")) {
      return null;
    }
    try {
      return (ObjectNode) JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(body, e);
    }
  }

  private static List<String> lines(String... blocks) {
    return String.join("", blocks).lines().filter(line -> !line.isBlank()).toList();
  }
}
