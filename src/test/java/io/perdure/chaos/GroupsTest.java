package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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

  private static boolean level(String owner, String replicas) throws JsonProcessingException {
    String name = owner == null ? "null" : "'" + owner + "'";
    String json = "{'groups':[{'owner':" + name + ",'replicas':[" + replicas + "]}]}";
    return Groups.areLevel(new ObjectMapper().readTree(json.replace('\'', '"')));
  }
}
