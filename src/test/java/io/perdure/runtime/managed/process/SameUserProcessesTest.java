package io.perdure.runtime.managed.process;

import io.perdure.runtime.managed.process.IsolationConfig.Choice;

/** The same as everybody gets who does not run the server as root: no users of their own. */
class SameUserProcessesTest extends LimitedProcessesTest {
  @Override
  IsolationConfig config() {
    return Instances.config().withDropPrivileges(Choice.FALSE);
  }
}
