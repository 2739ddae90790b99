package io.perdure.runtime.managed.process;

import io.perdure.runtime.managed.process.IsolationConfig.Choice;

/** The same without users of their own. */
class SameUserBubblewrapTest extends BubblewrapTest {
  @Override
  IsolationConfig config() {
    return Instances.config().withDropPrivileges(Choice.FALSE);
  }
}
