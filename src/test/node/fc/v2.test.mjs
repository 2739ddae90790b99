// Every operation of @alicloud/fc-open20210406: services with their functions, as Function Compute 2.0 has them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Gate } from '../shared/gate.mjs'
import { startNode } from '../shared/node.mjs'
import { zip } from '../shared/zip.mjs'
import { OPERATIONS_V2, client2, listed, models2 as sdk, nameOf } from './clients.mjs'
import { BROKEN, ECHO, GATED, TIME, UUID, refused, unsupported, withoutDequeued } from './support.mjs'

const ASYNC = { xFcInvocationType: 'Async' }
const s = 'demo'
const f = 'echo'

let node
let fc

before(async () => {
  node = await startNode('rate-limit.rates=fc.*=0')
  fc = client2(node)
})

after(async () => {
  await node?.stop()
})

const code = (text) => new sdk.Code({ zipFile: zip({ 'index.js': text }) })
const create = (functionName, text, more = {}) =>
  fc('createFunction', [s], { functionName, runtime: 'nodejs16', handler: 'index.handler', code: code(text), ...more })

test('services', async () => {
  const made = await fc('createService', [], {
    serviceName: s,
    description: 'blanks & ümläuts + 你好',
    internetAccess: true,
    role: 'acs:ram::1:role/any',
    logConfig: new sdk.LogConfig({ project: 'p', logstore: 'l' }),
    vpcConfig: new sdk.VPCConfig({ vpcId: 'vpc-1', vSwitchIds: ['vsw-1'], securityGroupId: 'sg-1' }),
  })
  assert.equal(made.statusCode, 200)
  assert.match(made.headers['x-fc-request-id'], UUID)
  assert.equal(made.body.serviceName, s)
  assert.equal(made.body.description, 'blanks & ümläuts + 你好')
  assert.equal(made.body.logConfig.project, 'p')
  assert.deepEqual(made.body.vpcConfig.vSwitchIds, ['vsw-1'])
  assert.match(made.body.createdTime, TIME)
  assert.ok(made.body.serviceId)
  await refused('ServiceAlreadyExists', fc('createService', [], { serviceName: s }))
  await refused('InvalidArgument', fc('createService', [], { serviceName: '1st' }))
  const got = await fc('getService', [s])
  assert.equal(got.body.role, 'acs:ram::1:role/any')
  await refused('ServiceNotFound', fc('getService', ['nobody']))
  const updated = await fc('updateService', [s], { description: 'a = b' })
  assert.equal(updated.body.description, 'a = b')
  assert.equal(updated.body.role, 'acs:ram::1:role/any')
  await fc('createService', [], { serviceName: 'demo2' })
  await fc('createService', [], { serviceName: 'other' })
  const first = await fc('listServices', [], { prefix: 'demo', limit: 1 })
  assert.deepEqual(first.body.services.map((one) => one.serviceName), ['demo'])
  const second = await fc('listServices', [], { prefix: 'demo', limit: 1, nextToken: first.body.nextToken })
  assert.deepEqual(second.body.services.map((one) => one.serviceName), ['demo2'])
  assert.ok(!second.body.nextToken)
  const from = await fc('listServices', [], { startKey: 'demo2' })
  assert.deepEqual(from.body.services.map((one) => one.serviceName), ['demo2', 'other'])
  await refused('InvalidArgument', fc('listServices', [], { limit: 101 }))
  const gone = await fc('deleteService', ['other'])
  assert.equal(gone.statusCode, 204)
  await refused('ServiceNotFound', fc('deleteService', ['other']))
})

test('functions', async () => {
  const made = await create(f, ECHO, {
    timeout: 20,
    memorySize: 256,
    description: 'the & first',
    environmentVariables: { A: '1 + 1', b: '&' },
    instanceConcurrency: 1,
  })
  assert.equal(made.statusCode, 200)
  assert.equal(made.body.functionName, f)
  assert.equal(made.body.timeout, 20)
  assert.equal(made.body.memorySize, 256)
  assert.deepEqual(made.body.environmentVariables, { A: '1 + 1', b: '&' })
  assert.match(made.body.codeChecksum, /^\d+$/)
  assert.ok(made.body.codeSize > 0)
  assert.ok(made.body.functionId)
  assert.match(made.body.lastModifiedTime, TIME)
  await refused('FunctionAlreadyExists', create(f, ECHO))
  await refused('ServiceNotFound', fc('createFunction', ['nobody'], { functionName: f, runtime: 'nodejs16', handler: 'index.handler', code: code(ECHO) }))
  await refused('InvalidArgument', create('bad', ECHO, { memorySize: 1 }))
  await refused('InvalidArgument', create('bad', ECHO, { code: new sdk.Code({ zipFile: Buffer.from('no zip').toString('base64') }) }))
  await refused('InvalidArgument', create('bad', ECHO, { code: new sdk.Code({ ossBucketName: 'b', ossObjectName: 'o' }) }))
  const got = await fc('getFunction', [s, f])
  assert.equal(got.body.description, 'the & first')
  assert.equal(got.body.runtime, 'nodejs16')
  const missing = await refused('FunctionNotFound', fc('getFunction', [s, 'nobody']))
  assert.match(missing.message, /function 'nobody' does not exist in service 'demo'/)
  // the SDK spells one property with a capital: InstanceConcurrency
  const updated = await fc('updateFunction', [s, f], { timeout: 21, instanceConcurrency: 2 })
  assert.equal(updated.body.timeout, 21)
  assert.equal(updated.body.instanceConcurrency, 2)
  assert.equal(updated.body.memorySize, 256)
  const again = await fc('updateFunction', [s, f], { code: code(ECHO + ' // again') })
  assert.notEqual(again.body.codeChecksum, made.body.codeChecksum)
  await refused('PreconditionFailed', fc('updateFunction', [s, f], { timeout: 22 }, { ifMatch: 'no such tag' }))
  const list = await fc('listFunctions', [s], { prefix: 'ec', limit: 5 })
  assert.deepEqual(list.body.functions.map((one) => one.functionName), [f])
  const { body: address } = await fc('getFunctionCode', [s, f])
  assert.equal(address.checksum, again.body.codeChecksum)
  assert.ok((await (await fetch(address.url)).arrayBuffer()).byteLength === again.body.codeSize)
})

test('calls that are waited for', async () => {
  const answer = await fc('invokeFunction', [s, f], { body: Buffer.from('{"k":"ü & +"}') }, { xFcLogType: 'Tail' })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.body.toString(), '{"k":"ü & +"}')
  assert.match(answer.headers['x-fc-request-id'], UUID)
  assert.equal(answer.headers['x-fc-error-type'], undefined)
  assert.match(Buffer.from(answer.headers['x-fc-log-result'], 'base64').toString(), /got {"k":"ü & \+"}/)
  await create('broken', BROKEN)
  const failed = await fc('invokeFunction', [s, 'broken'], { body: Buffer.from('1') })
  assert.equal(failed.statusCode, 200)
  assert.equal(failed.headers['x-fc-error-type'], 'HandledInvocationError')
  assert.equal(JSON.parse(failed.body).errorMessage, 'no good')
  await refused('FunctionNotFound', fc('invokeFunction', [s, 'nobody']))
  await refused('ServiceNotFound', fc('invokeFunction', ['nobody', f]))
  await refused('VersionNotFound', fc('invokeFunction', [s, f], { qualifier: '77' }))
  await refused('AliasNotFound', fc('invokeFunction', [s, f], { qualifier: 'nobody' }))
  await refused('InvalidArgument', fc('invokeFunction', [s, f], {}, { xFcInvocationType: 'Later' }))
  await refused('InvalidArgument', fc('invokeFunction', [s, f], {}, { ...ASYNC, xFcLogType: 'Tail' }))
})

test('asynchronous configuration', async () => {
  await refused('AsyncConfigNotExists', fc('getFunctionAsyncInvokeConfig', [s, f]))
  const onFailure = new sdk.Destination({ destination: `acs:fc:::services/${s}/functions/broken` })
  const put = await fc('putFunctionAsyncInvokeConfig', [s, f], {
    statefulInvocation: true,
    maxAsyncRetryAttempts: 1,
    maxAsyncEventAgeInSeconds: 600,
    destinationConfig: new sdk.DestinationConfig({ onFailure }),
  })
  assert.equal(put.body.service, s)
  assert.equal(put.body.function, f)
  assert.equal(put.body.statefulInvocation, true)
  assert.equal(put.body.maxAsyncRetryAttempts, 1)
  assert.equal(put.body.destinationConfig.onFailure.destination, onFailure.destination)
  assert.match(put.body.createdTime, TIME)
  const merged = await fc('putFunctionAsyncInvokeConfig', [s, f], { maxAsyncRetryAttempts: 0 })
  assert.equal(merged.body.statefulInvocation, true)
  assert.equal(merged.body.maxAsyncEventAgeInSeconds, 600)
  const got = await fc('getFunctionAsyncInvokeConfig', [s, f])
  assert.equal(got.body.maxAsyncRetryAttempts, 0)
  await refused('InvalidArgument', fc('putFunctionAsyncInvokeConfig', [s, f], { maxAsyncRetryAttempts: 9 }))
  await refused('InvalidArgument', fc('putFunctionAsyncInvokeConfig', [s, f], { maxAsyncEventAgeInSeconds: 0 }))
  const list = await fc('listFunctionAsyncInvokeConfigs', [s, f], { limit: 5 })
  assert.equal(list.body.configs.length, 1)
  assert.equal(list.body.configs[0].maxAsyncRetryAttempts, 0)
  const functions = await fc('listStatefulAsyncInvocationFunctions', [], { limit: 5 })
  assert.deepEqual(functions.body.data.map((one) => [one.serviceName, one.functionName, one.qualifier]), [[s, f, 'LATEST']])
})

test('tasks', async () => {
  const xFcStatefulAsyncInvocationId = 'task-1'
  const accepted = await fc('invokeFunction', [s, f], { body: Buffer.from('"hi"') }, { ...ASYNC, xFcStatefulAsyncInvocationId })
  assert.equal(accepted.statusCode, 202)
  assert.equal(accepted.body.length, 0)
  assert.equal(accepted.headers['x-fc-stateful-async-invocation-id'], 'task-1')
  const requestId = accepted.headers['x-fc-request-id']
  await node.ended(requestId)
  const { body: task } = await fc('getStatefulAsyncInvocation', [s, f, 'task-1'])
  assert.equal(task.invocationId, 'task-1')
  assert.equal(task.serviceName, s)
  assert.equal(task.functionName, f)
  assert.equal(task.qualifier, 'LATEST')
  assert.equal(task.requestId, requestId)
  assert.equal(task.status, 'Succeeded')
  assert.equal(task.invocationPayload, '"hi"')
  assert.equal(task.returnPayload, '"hi"')
  assert.equal(task.invocationErrorMessage, '')
  assert.equal(task.alreadyRetriedTimes, 0)
  assert.ok(Number.isInteger(task.startedTime) && task.endTime >= task.startedTime)
  assert.ok(Number.isInteger(task.durationMs))
  assert.deepEqual(withoutDequeued(task.events), ['Enqueued', 'Running', 'Succeeded'])
  assert.deepEqual(task.events.map((event) => event.eventId), task.events.map((_, i) => i + 1))
  const again = fc('invokeFunction', [s, f], { body: Buffer.from('"hi"') }, { ...ASYNC, xFcStatefulAsyncInvocationId })
  await refused('StatefulAsyncInvocationAlreadyExists', again)
  await refused('StatefulAsyncInvocationNotFound', fc('getStatefulAsyncInvocation', [s, f, 'task-2']))
  await refused('InvalidArgument', fc('stopStatefulAsyncInvocation', [s, f, 'task-1']))
  await refused('StatefulAsyncInvocationNotFound', fc('stopStatefulAsyncInvocation', [s, f, 'task-2']))
  // without task mode there is nothing to be seen
  const untold = await fc('invokeFunction', [s, 'broken'], {}, ASYNC)
  await refused('StatefulAsyncInvocationNotFound', fc('getStatefulAsyncInvocation', [s, 'broken', untold.headers['x-fc-stateful-async-invocation-id']]))
})

test('a task is stopped, and one is in task mode for a single call', async () => {
  await create('gated', GATED, { timeout: 600 })
  const gate = await new Gate().listen()
  try {
    const reached = gate.reached()
    const headers = { ...ASYNC, xFcStatefulAsyncInvocationEnable: 'true', xFcStatefulAsyncInvocationId: 'gated-1' }
    const { headers: answer } = await fc('invokeFunction', [s, 'gated'], { body: Buffer.from(gate.event) }, headers)
    await reached
    const { body: running } = await fc('getStatefulAsyncInvocation', [s, 'gated', 'gated-1'])
    assert.equal(running.status, 'Running')
    assert.equal(running.endTime, 0)
    const stopped = await fc('stopStatefulAsyncInvocation', [s, 'gated', 'gated-1'])
    assert.equal(stopped.statusCode, 200)
    await node.ended(answer['x-fc-request-id'])
    const { body: task } = await fc('getStatefulAsyncInvocation', [s, 'gated', 'gated-1'], { qualifier: 'LATEST' })
    assert.equal(task.status, 'Stopped')
    assert.deepEqual(withoutDequeued(task.events), ['Enqueued', 'Running', 'Stopping', 'Stopped'])
  } finally {
    gate.close()
  }
})

test('lists of tasks', async () => {
  for (const id of ['list-1', 'list-2', 'list-3']) {
    const headers = { ...ASYNC, xFcStatefulAsyncInvocationId: id }
    const { headers: answer } = await fc('invokeFunction', [s, f], { body: Buffer.from(id) }, headers)
    await node.ended(answer['x-fc-request-id'])
  }
  const ids = (answer) => answer.body.invocations.map((one) => one.invocationId)
  const list = (request) => fc('listStatefulAsyncInvocations', [s, f], request)
  const up = await list({ invocationIdPrefix: 'list-', limit: 2 })
  assert.deepEqual(ids(up), ['list-1', 'list-2'])
  assert.equal(up.body.invocations[0].invocationPayload, '')
  assert.deepEqual(ids(await list({ invocationIdPrefix: 'list-', limit: 2, nextToken: up.body.nextToken })), ['list-3'])
  const down = await list({ invocationIdPrefix: 'list-', sortOrderByTime: 'desc', includePayload: true, status: 'Succeeded' })
  assert.deepEqual(ids(down), ['list-3', 'list-2', 'list-1'])
  assert.equal(down.body.invocations[2].invocationPayload, 'list-1')
  const since = down.body.invocations[0].startedTime + 1
  assert.deepEqual(ids(await list({ startedTimeBegin: since })), [])
  assert.equal(ids(await list({ startedTimeEnd: since, qualifier: 'LATEST' })).length, 4)
  await refused('InvalidArgument', list({ status: 'Sleeping' }))
})

test('versions and aliases', async () => {
  const one = await fc('publishServiceVersion', [s], { description: 'first' })
  assert.equal(one.body.versionId, '1')
  await fc('updateService', [s], { description: 'changed' })
  assert.equal((await fc('publishServiceVersion', [s])).body.versionId, '2')
  const versions = await fc('listServiceVersions', [s], { direction: 'FORWARD' })
  assert.deepEqual(versions.body.versions.map((version) => version.versionId), ['1', '2'])
  assert.equal(versions.body.versions[0].description, 'first')
  const alias = await fc('createAlias', [s], { aliasName: 'prod', versionId: '1', description: 'd', additionalVersionWeight: { 2: 0.25 } })
  assert.equal(alias.body.aliasName, 'prod')
  assert.deepEqual(alias.body.additionalVersionWeight, { 2: 0.25 })
  await refused('AliasAlreadyExists', fc('createAlias', [s], { aliasName: 'prod', versionId: '1' }))
  assert.equal((await fc('updateAlias', [s, 'prod'], { versionId: '2', additionalVersionWeight: {} })).body.versionId, '2')
  assert.equal((await fc('getAlias', [s, 'prod'])).body.versionId, '2')
  assert.deepEqual((await fc('listAliases', [s], { prefix: 'pr' })).body.aliases.map((a) => a.aliasName), ['prod'])
  assert.equal((await fc('invokeFunction', [s, f], { qualifier: 'prod', body: Buffer.from('1') })).body.toString(), '1')
  assert.equal((await fc('getFunction', [s, f], { qualifier: '1' })).body.functionName, f)
  assert.equal((await fc('deleteAlias', [s, 'prod'])).statusCode, 204)
  await refused('AliasNotFound', fc('getAlias', [s, 'prod']))
  assert.equal((await fc('deleteServiceVersion', [s, '1'])).statusCode, 204)
  await refused('VersionNotFound', fc('deleteServiceVersion', [s, '1']))
})

test('concurrency', async () => {
  await refused('OnDemandConfigNotFound', fc('getFunctionOnDemandConfig', [s, f], { qualifier: 'LATEST' }))
  const put = await fc('putFunctionOnDemandConfig', [s, f], { maximumInstanceCount: 3, qualifier: 'LATEST' })
  assert.equal(put.body.maximumInstanceCount, 3)
  assert.equal((await fc('getFunctionOnDemandConfig', [s, f], { qualifier: 'LATEST' })).body.maximumInstanceCount, 3)
  assert.equal((await fc('listOnDemandConfigs')).body.configs.length, 1)
  await fc('deleteFunctionOnDemandConfig', [s, f], { qualifier: 'LATEST' })
  await refused('OnDemandConfigNotFound', fc('getFunctionOnDemandConfig', [s, f], { qualifier: 'LATEST' }))
})

test('provision', async () => {
  const target = await fc('putProvisionConfig', [s, f], { target: 1, qualifier: 'LATEST' })
  assert.equal(target.body.target, 1)
  assert.equal((await fc('getProvisionConfig', [s, f], { qualifier: 'LATEST' })).body.target, 1)
  assert.equal((await fc('listProvisionConfigs', [], { serviceName: s })).body.provisionConfigs.length, 1)
  await fc('putProvisionConfig', [s, f], { target: 0, qualifier: 'LATEST' })
})

test('tags', async () => {
  const resourceArn = `acs:fc:cn-hangzhou:${node.account.id}:services/${s}`
  await fc('tagResource', [], { resourceArn, tags: { team: 'blue', k: 'v' } })
  assert.deepEqual((await fc('getResourceTags', [], { resourceArn })).body.tags, { team: 'blue', k: 'v' })
  const tagged = await fc('listTaggedResources', [], { resourceType: 'service' })
  assert.deepEqual(tagged.body.resources.map((one) => one.tags), [{ team: 'blue', k: 'v' }])
  await fc('untagResource', [], { resourceArn, tagKeys: ['k'] })
  assert.deepEqual((await fc('getResourceTags', [], { resourceArn })).body.tags, { team: 'blue' })
})

test('the account, and what there is none of', async () => {
  const { body } = await fc('getAccountSettings')
  assert.ok(Array.isArray(body.availableAZs))
  assert.deepEqual((await fc('listTriggers', [s, f])).body.triggers, [])
  assert.deepEqual((await fc('listEventSources', [s, f])).body.eventSources, [])
  assert.deepEqual((await fc('listCustomDomains')).body.customDomains, [])
  assert.deepEqual((await fc('listLayers')).body.layers, [])
  assert.deepEqual((await fc('listLayerVersions', ['layer'])).body.layers, [])
  assert.deepEqual((await fc('listVpcBindings', [s])).body.vpcIds, [])
  assert.deepEqual((await fc('listReservedCapacities')).body.reservedCapacities, [])
  assert.ok(Array.isArray((await fc('listInstances', [s, f])).body.instances))
})

test('what has no place here says what to use instead', async (t) => {
  const calls = {
    claimGPUInstance: [[], { instanceType: 'i' }],
    releaseGPUInstance: [['i-1']],
    createCustomDomain: [[], { domainName: 'example.org', protocol: 'HTTP' }],
    getCustomDomain: [['example.org']],
    updateCustomDomain: [['example.org'], { protocol: 'HTTP' }],
    deleteCustomDomain: [['example.org']],
    createLayerVersion: [['layer'], { compatibleRuntime: ['nodejs16'], code: new sdk.Code({ zipFile: zip({ a: 'b' }) }) }],
    getLayerVersion: [['layer', '1']],
    putLayerACL: [['layer'], { public: true }],
    deleteLayerVersion: [['layer', '1']],
    createTrigger: [[s, f], { triggerName: 't', triggerType: 'timer', triggerConfig: '{}' }],
    getTrigger: [[s, f, 't']],
    updateTrigger: [[s, f, 't'], { triggerConfig: '{}' }],
    deleteTrigger: [[s, f, 't']],
    createVpcBinding: [[s], { vpcId: 'vpc-1' }],
    deleteVpcBinding: [[s, 'vpc-1']],
    registerEventSource: [[s, f], { sourceArn: 'a' }],
    deregisterEventSource: [[s, f, 'a']],
  }
  for (const [operation, args] of Object.entries(calls)) {
    await t.test(operation, () => unsupported(fc(operation, ...args)))
  }
})

test('deletion', async () => {
  await refused('ServiceNotEmpty', fc('deleteService', [s]))
  assert.equal((await fc('deleteFunctionAsyncInvokeConfig', [s, f])).statusCode, 204)
  await refused('AsyncConfigNotExists', fc('deleteFunctionAsyncInvokeConfig', [s, f]))
  for (const name of [f, 'broken', 'gated']) assert.equal((await fc('deleteFunction', [s, name])).statusCode, 204)
  await refused('FunctionNotFound', fc('deleteFunction', [s, f]))
  await refused('FunctionNotFound', fc('getStatefulAsyncInvocation', [s, f, 'task-1']))
  await fc('deleteServiceVersion', [s, '2'])
  await fc('deleteService', [s])
  await refused('ServiceNotFound', fc('listFunctions', [s]))
})

test('a wrong secret, an unknown key, a wrong account', async () => {
  const { id, secret } = node.account.keys[0]
  for (const signatureAlgorithm of [undefined, 'v2']) {
    await client2(node, { signatureAlgorithm })('listServices')
    await refused('SignatureNotMatch', client2(node, { signatureAlgorithm, credential: { id, secret: 'wrong' } })('listServices'))
    await refused('InvalidAccessKeyID', client2(node, { signatureAlgorithm, credential: { id: 'nobody', secret } })('listServices'))
  }
  await refused('AccessDenied', fc('listServices', [], {}, { xFcAccountId: '1' }))
})

test('every operation of the SDK has been called', () => {
  assert.deepEqual(OPERATIONS_V2.filter((operation) => !node.driven.has(`${operation}WithOptions`)), [])
})

test('the list of its operations is complete', () => {
  assert.deepEqual(listed('2021-04-06'), OPERATIONS_V2.map(nameOf).sort())
})
