package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tencentcloudapi.scf.v20180416.models.CopyFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.CreateFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionAddressRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.ListFunctionsRequest;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionCodeRequest;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionConfigurationRequest;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Shape;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables take exactly what Tencent's own SDK can send. */
class SdkTablesTest {
  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.of(FunctionTables.CREATE, CreateFunctionRequest.class),
        Arguments.of(FunctionTables.UPDATE_CODE, UpdateFunctionCodeRequest.class),
        Arguments.of(FunctionTables.UPDATE_CONFIGURATION, UpdateFunctionConfigurationRequest.class),
        Arguments.of(FunctionTables.GET, GetFunctionRequest.class),
        Arguments.of(FunctionTables.LIST, ListFunctionsRequest.class),
        Arguments.of(FunctionTables.DELETE, DeleteFunctionRequest.class),
        Arguments.of(FunctionTables.DELETE_VERSION, DeleteFunctionVersionRequest.class),
        Arguments.of(FunctionTables.COPY, CopyFunctionRequest.class),
        Arguments.of(FunctionTables.GET_ADDRESS, GetFunctionAddressRequest.class));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aTableHasTheParametersOfTheSdkInTheirTypes(Shape table, Class<?> request) {
    Map<String, String> ours = new TreeMap<>();
    collect(table, "", ours);
    Map<String, String> theirs = new TreeMap<>();
    collect(request, "", theirs);

    assertEquals(theirs, ours);
  }

  private static void collect(Shape shape, String path, Map<String, String> to) {
    for (Field field : shape.fields()) {
      String name = path + field.name() + (field.list() ? "[]" : "");
      if (field.shape() != null) {
        collect(field.shape(), name + ".", to);
      } else {
        to.put(
            name,
            switch (field.type()) {
              case TEXT, BASE64 -> "String";
              case INTEGER -> "Long";
              case FLOAT -> "Float";
              case BOOLEAN -> "Boolean";
              case OBJECT -> "?";
            });
      }
    }
  }

  /** Its private fields have the names of the wire. */
  private static void collect(Class<?> model, String path, Map<String, String> to) {
    for (java.lang.reflect.Field field : model.getDeclaredFields()) {
      boolean list = field.getType().isArray();
      Class<?> type = list ? field.getType().getComponentType() : field.getType();
      String name = path + field.getName() + (list ? "[]" : "");
      if (type.getPackageName().equals("java.lang")) {
        to.put(name, type.getSimpleName());
      } else {
        collect(type, name + ".", to);
      }
    }
  }
}
