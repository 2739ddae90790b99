package io.perdure.client;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives JUnit 5 tests a node of their own: a parameter of type {@link PerdureNode} is started
 * before the test and closed after it.
 *
 * <pre>{@code
 * @ExtendWith(PerdureExtension.class)
 * class ResizeTest {
 *   @Test
 *   void isRetried(PerdureNode node) { ... }
 * }
 * }</pre>
 *
 * <p>With settings: {@code @RegisterExtension PerdureExtension perdure = new
 * PerdureExtension().set("shard.window", "4")}.
 */
public final class PerdureExtension implements ParameterResolver, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(PerdureExtension.class);

  private final Map<String, String> settings = new HashMap<>();

  /** A setting of the nodes, as after {@code --set}. */
  public PerdureExtension set(String key, String value) {
    settings.put(key, value);
    return this;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PerdureNode.class;
  }

  @Override
  public PerdureNode resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "node", key -> PerdureNode.start(Map.copyOf(settings)), PerdureNode.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    PerdureNode node = context.getStore(NAMESPACE).remove("node", PerdureNode.class);
    if (node != null) {
      node.close();
    }
  }
}
