package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupsTest {
  @Test
  void groupsAreLevelWhenEachReplicaIsThereAndClose() throws Exception {
    assertTrue(
        level("n1", "{'node':'n1','alive':true,'lag':0},{'node':'n2','alive':true,'lag':3}"));
  }

  @Test
  void aReplicaThatIsFarBehindIsNot() throws Exception {
    assertFalse(level("n1", "{'node':'n2','alive':true,'lag':3000}"));
  }

  @Test
  void aReplicaOfWhichNothingIsKnownIsNot() throws Exception {
    assertFalse(level("n1", "{'node':'n2','alive':true,'lag':null}"));
    assertFalse(level("n1", "{'node':'n2','alive':false,'lag':0}"));
  }

  @Test
  void aGroupWithoutOwnerIsNot() throws Exception {
    assertFalse(level(null, "{'node':'n1','alive':true,'lag':0}"));
  }

  @Test
  void whoLeadsWhichShardIsTold() throws Exception {
    String groups =
        "{'groups':[{'name':'registry','owner':'n2'},{'name':'shard-0','owner':'n1'},"
            + "{'name':'shard-1','owner':null},{'name':'shard-12','owner':'n3'}]}";
    JsonNode told = new ObjectMapper().readTree(groups.replace('\'', '"'));
    assertEquals(Map.of(0, "n1", 12, "n3"), Groups.owners(told));
  }

  private static boolean level(String owner, String replicas) throws JsonProcessingException {
    String name = owner == null ? "null" : "'" + owner + "'";
    String json = "{'groups':[{'owner':" + name + ",'replicas':[" + replicas + "]}]}";
    return Groups.areLevel(new ObjectMapper().readTree(json.replace('\'', '"')));
  }
}
