// Every operation of @alicloud/fc20230330: functions without services, as Function Compute 3.0 has them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Gate } from '../shared/gate.mjs'
import { startNode } from '../shared/node.mjs'
import { zip } from '../shared/zip.mjs'
import { OPERATIONS_V3, client3, listed, models3 as sdk, nameOf, streamOf, textOf } from './clients.mjs'
import { BROKEN, ECHO, GATED, TIME, UUID, refused, unsupported, withoutDequeued } from './support.mjs'

const ASYNC = { xFcInvocationType: 'Async' }
const f = 'echo'

let node
let fc
let arn

before(async () => {
  node = await startNode('rate-limit.rates=fc.*=0', 'fc.region=cn-shanghai')
  fc = client3(node)
  arn = (name) => `acs:fc:cn-shanghai:${node.account.id}:functions/${name}`
})

after(async () => {
  await node?.stop()
})

const code = (text) => new sdk.InputCodeLocation({ zipFile: zip({ 'index.js': text }) })
const create = (functionName, text, more = {}) =>
  fc('createFunction', [], {
    body: new sdk.CreateFunctionInput({ functionName, runtime: 'nodejs20', handler: 'index.handler', code: code(text), ...more }),
  })
const update = (name, input, headers) => fc('updateFunction', [name], { body: new sdk.UpdateFunctionInput(input) }, headers)
const invoke = (name, text, headers = {}, request = {}) =>
  fc('invokeFunction', [name], { body: streamOf(text), ...request }, headers)

test('functions', async () => {
  const made = await create(f, ECHO, {
    timeout: 20,
    memorySize: 512,
    cpu: 0.5,
    diskSize: 512,
    description: 'ümläuts & 你好',
    environmentVariables: { A: '1 + 1', b: '&' },
    role: 'acs:ram::1:role/any',
    internetAccess: true,
    logConfig: new sdk.LogConfig({ project: 'p', logstore: 'l' }),
  })
  assert.equal(made.statusCode, 200)
  assert.match(made.headers['x-fc-request-id'], UUID)
  assert.equal(made.body.functionName, f)
  assert.equal(made.body.functionArn, arn(f))
  assert.equal(made.body.timeout, 20)
  assert.equal(made.body.state, 'Active')
  assert.equal(made.body.lastUpdateStatus, 'Successful')
  assert.equal(made.body.role, 'acs:ram::1:role/any')
  assert.equal(made.body.logConfig.project, 'p')
  assert.deepEqual(made.body.environmentVariables, { A: '1 + 1', b: '&' })
  assert.match(made.body.codeChecksum, /^\d+$/)
  assert.match(made.body.createdTime, TIME)
  await refused('FunctionAlreadyExists', create(f, ECHO))
  await refused('InvalidArgument', create('1st', ECHO))
  const got = await fc('getFunction', [f])
  assert.equal(got.body.description, 'ümläuts & 你好')
  const missing = await refused('FunctionNotFound', fc('getFunction', ['nobody']))
  assert.match(missing.message, /function 'nobody' does not exist/)
  const updated = await update(f, { timeout: 21, code: code(ECHO + ' // again') })
  assert.equal(updated.body.timeout, 21)
  assert.equal(updated.body.memorySize, 512)
  assert.notEqual(updated.body.codeChecksum, made.body.codeChecksum)
  await create('another', ECHO)
  const first = await fc('listFunctions', [], { limit: 1 })
  assert.deepEqual(first.body.functions.map((one) => one.functionName), ['another'])
  const second = await fc('listFunctions', [], { limit: 1, nextToken: first.body.nextToken })
  assert.deepEqual(second.body.functions.map((one) => one.functionName), [f])
  assert.ok(!second.body.nextToken)
  assert.equal((await fc('listFunctions', [], { prefix: 'ec' })).body.functions.length, 1)
  const { body: address } = await fc('getFunctionCode', [f])
  assert.equal(address.checksum, updated.body.codeChecksum)
  assert.equal((await (await fetch(address.url)).arrayBuffer()).byteLength, updated.body.codeSize)
})

test('calls that are waited for', async () => {
  const answer = await invoke(f, '{"k":"ü & +"}', { xFcLogType: 'Tail' })
  assert.equal(answer.statusCode, 200)
  assert.equal(await textOf(answer.body), '{"k":"ü & +"}')
  assert.match(Buffer.from(answer.headers['x-fc-log-result'], 'base64').toString(), /got {"k":"ü & \+"}/)
  await create('broken', BROKEN)
  const failed = await invoke('broken', '1')
  assert.equal(failed.statusCode, 200)
  assert.equal(failed.headers['x-fc-error-type'], 'HandledInvocationError')
  assert.equal(JSON.parse(await textOf(failed.body)).errorMessage, 'no good')
  await refused('FunctionNotFound', invoke('nobody', ''))
  await refused('VersionNotFound', invoke(f, '', {}, { qualifier: '77' }))
  await refused('AliasNotFound', invoke(f, '', {}, { qualifier: 'nobody' }))
  await refused('InvalidArgument', invoke(f, '', { xFcInvocationType: 'Later' }))
  await refused('InvalidArgument', invoke(f, '', { ...ASYNC, xFcLogType: 'Tail' }))
})

test('asynchronous configuration', async () => {
  await refused('AsyncConfigNotExists', fc('getAsyncInvokeConfig', [f]))
  const put = (input) => fc('putAsyncInvokeConfig', [f], { body: new sdk.PutAsyncInvokeConfigInput(input) })
  const onSuccess = new sdk.Destination({ destination: arn('another') })
  const made = await put({
    asyncTask: true,
    maxAsyncRetryAttempts: 1,
    maxAsyncEventAgeInSeconds: 600,
    destinationConfig: new sdk.DestinationConfig({ onSuccess }),
  })
  assert.equal(made.body.functionArn, arn(f))
  assert.equal(made.body.asyncTask, true)
  assert.equal(made.body.destinationConfig.onSuccess.destination, arn('another'))
  const merged = await put({ maxAsyncRetryAttempts: 0 })
  assert.equal(merged.body.asyncTask, true)
  assert.equal((await fc('getAsyncInvokeConfig', [f])).body.maxAsyncRetryAttempts, 0)
  await refused('InvalidArgument', put({ maxAsyncEventAgeInSeconds: 604801 }))
  const list = await fc('listAsyncInvokeConfigs', [], { functionName: f })
  assert.deepEqual(list.body.configs.map((one) => one.functionArn), [arn(f)])
  assert.equal((await fc('listAsyncInvokeConfigs')).body.configs.length, 1)
})

test('tasks', async () => {
  const accepted = await invoke(f, '"hi"', { ...ASYNC, xFcAsyncTaskId: 'task-1' })
  assert.equal(accepted.statusCode, 202)
  assert.equal(accepted.headers['x-fc-async-task-id'], 'task-1')
  const requestId = accepted.headers['x-fc-request-id']
  await node.ended(requestId)
  const { body: task } = await fc('getAsyncTask', [f, 'task-1'])
  assert.equal(task.taskId, 'task-1')
  assert.equal(task.functionArn, arn(f))
  assert.equal(task.qualifier, 'LATEST')
  assert.equal(task.requestId, requestId)
  assert.equal(task.status, 'Succeeded')
  assert.equal(task.taskPayload, '"hi"')
  assert.equal(task.returnPayload, '"hi"')
  assert.equal(task.taskErrorMessage, '')
  assert.ok(task.endTime >= task.startedTime)
  assert.deepEqual(withoutDequeued(task.events), ['Enqueued', 'Running', 'Succeeded'])
  await refused('AsyncTaskAlreadyExists', invoke(f, '"hi"', { ...ASYNC, xFcAsyncTaskId: 'task-1' }))
  await refused('AsyncTaskNotFound', fc('getAsyncTask', [f, 'task-2']))
  await refused('InvalidArgument', fc('stopAsyncTask', [f, 'task-1']))
  const chosen = await invoke(f, '1', ASYNC)
  const id = chosen.headers['x-fc-async-task-id']
  assert.equal(id, chosen.headers['x-fc-request-id'])
  await node.ended(id)
  assert.equal((await fc('getAsyncTask', [f, id])).body.taskId, id)
  const untold = await invoke('broken', '', ASYNC)
  await refused('AsyncTaskNotFound', fc('getAsyncTask', ['broken', untold.headers['x-fc-request-id']]))
})

test('a task that waits and one that runs are stopped', async () => {
  await create('gated', GATED, { timeout: 600 })
  const body = new sdk.PutAsyncInvokeConfigInput({ asyncTask: true })
  await fc('putAsyncInvokeConfig', ['gated'], { body })
  const gate = await new Gate().listen()
  try {
    const reached = gate.reached()
    const running = await invoke('gated', gate.event, { ...ASYNC, xFcAsyncTaskId: 'running' })
    await reached
    assert.equal((await fc('getAsyncTask', ['gated', 'running'])).body.status, 'Running')
    assert.equal((await fc('stopAsyncTask', ['gated', 'running'])).statusCode, 200)
    await node.ended(running.headers['x-fc-request-id'])
    const { body: task } = await fc('getAsyncTask', ['gated', 'running'])
    assert.deepEqual(withoutDequeued(task.events), ['Enqueued', 'Running', 'Stopping', 'Stopped'])
    const delayed = new sdk.InvokeFunctionHeaders({
      ...ASYNC,
      xFcAsyncTaskId: 'waiting',
      commonHeaders: { 'x-fc-async-delay': '3600' },
    })
    const waiting = await invoke('gated', gate.event, delayed)
    assert.equal((await fc('getAsyncTask', ['gated', 'waiting'])).body.status, 'Enqueued')
    await fc('stopAsyncTask', ['gated', 'waiting'], { qualifier: 'LATEST' })
    await node.ended(waiting.headers['x-fc-request-id'])
    const { body: never } = await fc('getAsyncTask', ['gated', 'waiting'])
    assert.deepEqual(never.events.map((event) => event.status), ['Enqueued', 'Stopping', 'Stopped'])
  } finally {
    gate.close()
  }
})

test('lists of tasks', async () => {
  for (const id of ['list-1', 'list-2', 'list-3']) {
    const { headers } = await invoke(f, id, { ...ASYNC, xFcAsyncTaskId: id })
    await node.ended(headers['x-fc-request-id'])
  }
  const list = (request) => fc('listAsyncTasks', [f], request)
  const ids = (answer) => answer.body.tasks.map((one) => one.taskId)
  const up = await list({ prefix: 'list-', limit: 2 })
  assert.deepEqual(ids(up), ['list-1', 'list-2'])
  assert.equal(up.body.tasks[0].taskPayload, '')
  assert.deepEqual(ids(await list({ prefix: 'list-', limit: 2, nextToken: up.body.nextToken })), ['list-3'])
  const down = await list({ prefix: 'list-', sortOrderByTime: 'desc', includePayload: true, status: 'Succeeded' })
  assert.deepEqual(ids(down), ['list-3', 'list-2', 'list-1'])
  assert.equal(down.body.tasks[0].taskPayload, 'list-3')
  await refused('InvalidArgument', list({ status: 'Sleeping' }))
})

test('versions and aliases', async () => {
  const one = await fc('publishFunctionVersion', [f], { body: new sdk.PublishVersionInput({ description: 'first' }) })
  assert.equal(one.body.versionId, '1')
  await update(f, { timeout: 22 })
  const two = await fc('publishFunctionVersion', [f], { body: new sdk.PublishVersionInput({}) })
  assert.equal(two.body.versionId, '2')
  const versions = await fc('listFunctionVersions', [f], { direction: 'FORWARD' })
  assert.deepEqual(versions.body.versions.map((version) => version.versionId), ['1', '2'])
  assert.equal((await fc('getFunction', [f], { qualifier: '1' })).body.timeout, 21)
  const alias = await fc('createAlias', [f], {
    body: new sdk.CreateAliasInput({ aliasName: 'prod', versionId: '1', additionalVersionWeight: { 2: 0.25 } }),
  })
  assert.deepEqual(alias.body.additionalVersionWeight, { 2: 0.25 })
  const now = new sdk.UpdateAliasInput({ versionId: '2', additionalVersionWeight: {} })
  assert.equal((await fc('updateAlias', [f, 'prod'], { body: now })).body.versionId, '2')
  assert.equal((await fc('getAlias', [f, 'prod'])).body.versionId, '2')
  assert.deepEqual((await fc('listAliases', [f])).body.aliases.map((a) => a.aliasName), ['prod'])
  assert.equal(await textOf((await invoke(f, '1', {}, { qualifier: 'prod' })).body), '1')
  assert.equal((await fc('deleteAlias', [f, 'prod'])).statusCode, 204)
  await refused('AliasNotFound', fc('getAlias', [f, 'prod']))
  assert.equal((await fc('deleteFunctionVersion', [f, '1'])).statusCode, 204)
})

test('concurrency and provision', async () => {
  await refused('OnDemandConfigNotFound', fc('getConcurrencyConfig', [f]))
  const put = await fc('putConcurrencyConfig', [f], { body: new sdk.PutConcurrencyInput({ reservedConcurrency: 3 }) })
  assert.equal(put.body.functionArn, arn(f))
  assert.equal((await fc('getConcurrencyConfig', [f])).body.reservedConcurrency, 3)
  assert.equal((await fc('listConcurrencyConfigs')).body.configs.length, 1)
  assert.equal((await fc('deleteConcurrencyConfig', [f])).statusCode, 204)
  await refused('OnDemandConfigNotFound', fc('getConcurrencyConfig', [f]))
  const body = new sdk.PutProvisionConfigInput({ defaultTarget: 1 })
  await fc('putProvisionConfig', [f], { qualifier: 'LATEST', body })
  assert.equal((await fc('getProvisionConfig', [f], { qualifier: 'LATEST' })).body.defaultTarget, 1)
  assert.equal((await fc('listProvisionConfigs', [], { functionName: f })).body.provisionConfigs.length, 1)
  assert.equal((await fc('deleteProvisionConfig', [f], { qualifier: 'LATEST' })).statusCode, 204)
  await fc('putScalingConfig', [f], { body: new sdk.PutScalingConfigInput({ minInstances: 2 }) })
  assert.equal((await fc('getScalingConfig', [f])).body.minInstances, 2)
  assert.equal((await fc('listScalingConfigs')).body.scalingConfigs.length, 1)
  assert.equal((await fc('deleteScalingConfig', [f])).statusCode, 204)
})

test('tags', async () => {
  const resourceType = 'function'
  const tag = [new sdk.Tag({ key: 'team', value: 'blue' }), new sdk.Tag({ key: 'k', value: 'v' })]
  await fc('tagResources', [], { body: new sdk.TagResourcesInput({ resourceType, resourceId: [arn(f)], tag }) })
  const tags = async () => {
    const { body } = await fc('listTagResources', [], { resourceType, resourceId: [arn(f)] })
    return Object.fromEntries(body.tagResources.map((one) => [one.tagKey, one.tagValue]))
  }
  assert.deepEqual(await tags(), { team: 'blue', k: 'v' })
  await fc('untagResources', [], { resourceType, resourceId: [arn(f)], tagKey: ['k'] })
  assert.deepEqual(await tags(), { team: 'blue' })
})

test('what there is none of', async () => {
  assert.deepEqual((await fc('listTriggers', [f])).body.triggers, [])
  assert.deepEqual((await fc('listCustomDomains')).body.customDomains, [])
  assert.deepEqual((await fc('listLayers')).body.layers, [])
  assert.deepEqual((await fc('listLayerVersions', ['layer'])).body.layers, [])
  assert.deepEqual((await fc('listSessions', [f])).body.sessions, [])
  assert.deepEqual((await fc('listVpcBindings', [f])).body.vpcIds, [])
  assert.ok((await fc('listInstances', [f])).body.instances.length > 0)
  assert.equal((await fc('describeRegions')).body.regions.region.length, 1)
})

test('what has no place here says what to use instead', async (t) => {
  const calls = {
    changeResourceGroup: [[], { body: new sdk.ChangeResourceGroupInput({ newResourceGroupId: 'g', resourceId: f, resourceType: 'function' }) }],
    createCustomDomain: [[], { body: new sdk.CreateCustomDomainInput({ domainName: 'example.org', protocol: 'HTTP' }) }],
    getCustomDomain: [['example.org']],
    updateCustomDomain: [['example.org'], { body: new sdk.UpdateCustomDomainInput({ protocol: 'HTTP' }) }],
    deleteCustomDomain: [['example.org']],
    createLayerVersion: [['layer'], { body: new sdk.CreateLayerVersionInput({ code: code(ECHO), compatibleRuntime: ['nodejs20'] }) }],
    getLayerVersion: [['layer', '1']],
    getLayerVersionByArn: [['acs:fc:cn-shanghai:official:layers/any/versions/1']],
    putLayerACL: [['layer'], { public: 'true' }],
    deleteLayerVersion: [['layer', '1']],
    createSession: [[f], { body: new sdk.CreateSessionInput({}) }],
    getSession: [[f, 'session']],
    updateSession: [[f, 'session'], { body: new sdk.UpdateSessionInput({}) }],
    pauseSession: [[f, 'session']],
    resumeSession: [[f, 'session']],
    deleteSession: [[f, 'session']],
    createTrigger: [[f], { body: new sdk.CreateTriggerInput({ triggerName: 't', triggerType: 'timer', triggerConfig: '{}' }) }],
    getTrigger: [[f, 't']],
    updateTrigger: [[f, 't'], { body: new sdk.UpdateTriggerInput({ triggerConfig: '{}' }) }],
    deleteTrigger: [[f, 't']],
    createVpcBinding: [[f], { body: new sdk.CreateVpcBindingInput({ vpcId: 'vpc-1' }) }],
    deleteVpcBinding: [[f, 'vpc-1']],
    disableFunctionInvocation: [[f], { reason: 'r', abortOngoingRequest: false }],
    enableFunctionInvocation: [[f]],
  }
  for (const [operation, args] of Object.entries(calls)) {
    await t.test(operation, () => unsupported(fc(operation, ...args)))
  }
})

test('deletion', async () => {
  assert.equal((await fc('deleteAsyncInvokeConfig', [f])).statusCode, 204)
  for (const name of ['another', 'broken', 'gated', f]) assert.equal((await fc('deleteFunction', [name])).statusCode, 204)
  await refused('FunctionNotFound', fc('deleteFunction', [f]))
  assert.deepEqual((await fc('listFunctions')).body.functions, [])
})

test('a wrong secret, an unknown key', async () => {
  const { id, secret } = node.account.keys[0]
  await refused('SignatureNotMatch', client3(node, { credential: { id, secret: 'wrong' } })('listFunctions'))
  await refused('InvalidAccessKeyID', client3(node, { credential: { id: 'nobody', secret } })('listFunctions'))
})

test('every operation of the SDK has been called', () => {
  assert.deepEqual(OPERATIONS_V3.filter((operation) => !node.driven.has(`${operation}WithOptions`)), [])
})

test('the list of its operations is complete', () => {
  assert.deepEqual(listed('2023-03-30'), OPERATIONS_V3.map(nameOf).sort())
})
