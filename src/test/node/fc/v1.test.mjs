// Every operation of @alicloud/fc2: the oldest of the three versions, with the qualifier in the path.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startNode } from '../shared/node.mjs'
import { zip } from '../shared/zip.mjs'
import { OPERATIONS_V1, client1, listed, nameOf } from './clients.mjs'
import { BROKEN, ECHO, TIME, UUID, refused, unsupported } from './support.mjs'

const s = 'demo'
const f = 'echo'
const LATEST = undefined

let node
let fc

before(async () => {
  node = await startNode('rate-limit.rates=fc.*=0')
  fc = client1(node)
})

after(async () => {
  await node?.stop()
})

const code = (text) => ({ zipFile: zip({ 'index.js': text }) })
const create = (functionName, text, more = {}) =>
  fc.createFunction(s, { functionName, runtime: 'nodejs16', handler: 'index.handler', code: code(text), ...more })

test('services', async () => {
  const made = await fc.createService(s, { description: 'blanks & ümläuts + 你好', logConfig: { project: 'p', logstore: 'l' } })
  assert.match(made.headers['x-fc-request-id'], UUID)
  assert.equal(made.data.serviceName, s)
  assert.match(made.data.createdTime, TIME)
  assert.equal(made.data.logConfig.project, 'p')
  await refused('ServiceAlreadyExists', fc.createService(s))
  assert.equal((await fc.getService(s)).data.description, 'blanks & ümläuts + 你好')
  await refused('ServiceNotFound', fc.getService('nobody'))
  assert.equal((await fc.updateService(s, { description: 'a = b' })).data.description, 'a = b')
  await fc.createService('other')
  assert.deepEqual((await fc.listServices({ prefix: 'de', limit: 5 })).data.services.map((one) => one.serviceName), [s])
  // an answer of 204 must not say that it is JSON: the SDK would parse what is not there
  await fc.deleteService('other')
  await refused('ServiceNotFound', fc.deleteService('other'))
})

test('functions', async () => {
  const made = await create(f, ECHO, { timeout: 20, memorySize: 256, environmentVariables: { A: '1 + 1', b: '&' } })
  assert.equal(made.data.functionName, f)
  assert.deepEqual(made.data.environmentVariables, { A: '1 + 1', b: '&' })
  assert.match(made.data.codeChecksum, /^\d+$/)
  await refused('FunctionAlreadyExists', create(f, ECHO))
  assert.equal((await fc.getFunction(s, f)).data.timeout, 20)
  await refused('FunctionNotFound', fc.getFunction(s, 'nobody'))
  const updated = await fc.updateFunction(s, f, { timeout: 21, code: code(ECHO + ' // again') })
  assert.equal(updated.data.timeout, 21)
  assert.equal(updated.data.memorySize, 256)
  await refused('PreconditionFailed', fc.updateFunction(s, f, { timeout: 22 }, { 'if-match': 'no such tag' }))
  assert.deepEqual((await fc.listFunctions(s, { prefix: 'ec' })).data.functions.map((one) => one.functionName), [f])
  const { data: address } = await fc.getFunctionCode(s, f)
  assert.equal(address.checksum, updated.data.codeChecksum)
  assert.equal((await (await fetch(address.url)).arrayBuffer()).byteLength, updated.data.codeSize)
})

test('calls that are waited for', async () => {
  const answer = await fc.invokeFunction(s, f, '{"k":"ü & +"}', { 'x-fc-log-type': 'Tail' })
  assert.equal(answer.data, '{"k":"ü & +"}')
  assert.match(Buffer.from(answer.headers['x-fc-log-result'], 'base64').toString(), /got {"k":"ü & \+"}/)
  const raw = await fc.invokeFunction(s, f, Buffer.from([1, 2, 255]), {}, LATEST, { rawBuf: true })
  assert.deepEqual([...raw.data], [1, 2, 255])
  await create('broken', BROKEN)
  const failed = await fc.invokeFunction(s, 'broken', '1')
  assert.equal(failed.headers['x-fc-error-type'], 'HandledInvocationError')
  assert.equal(failed.data.errorMessage, 'no good')
  await refused('FunctionNotFound', fc.invokeFunction(s, 'nobody', ''))
  await refused('VersionNotFound', fc.invokeFunction(s, f, '', {}, '77'))
  await refused('AliasNotFound', fc.invokeFunction(s, f, '', {}, 'nobody'))
})

test('asynchronous configuration and tasks', async () => {
  await refused('AsyncConfigNotExists', fc.getFunctionAsyncConfig(s, f))
  const destinationConfig = { onFailure: { destination: `acs:fc:::services/${s}/functions/broken` } }
  const put = await fc.putFunctionAsyncConfig(s, f, LATEST, {
    statefulInvocation: true,
    maxAsyncRetryAttempts: 0,
    maxAsyncEventAgeInSeconds: 600,
    destinationConfig,
  })
  assert.equal(put.data.statefulInvocation, true)
  assert.deepEqual(put.data.destinationConfig.onFailure, destinationConfig.onFailure)
  assert.equal((await fc.getFunctionAsyncConfig(s, f, 'LATEST')).data.maxAsyncEventAgeInSeconds, 600)
  assert.equal((await fc.listFunctionAsyncConfigs(s, f)).data.configs.length, 1)
  const headers = { 'x-fc-invocation-type': 'Async', 'x-fc-stateful-async-invocation-id': 'task-1' }
  const accepted = await fc.invokeFunction(s, f, 'hi', headers)
  assert.equal(accepted.data, '')
  assert.equal(accepted.headers['x-fc-stateful-async-invocation-id'], 'task-1')
  await node.ended(accepted.headers['x-fc-request-id'])
  // the SDK has no operations of tasks: its own way to send a request, then
  const tasks = `/services/${s}/functions/${f}/stateful-async-invocations`
  const { data: task } = await fc.get(`${tasks}/task-1`)
  assert.equal(task.status, 'Succeeded')
  assert.equal(task.returnPayload, 'hi')
  assert.deepEqual((await fc.get(tasks, { limit: 1 })).data.invocations.map((one) => one.invocationId), ['task-1'])
  await refused('InvalidArgument', fc.put(`${tasks}/task-1`, null))
  await refused('StatefulAsyncInvocationAlreadyExists', fc.invokeFunction(s, f, 'hi', headers))
  await refused('StatefulAsyncInvocationNotFound', fc.get(`${tasks}/task-2`))
  await fc.deleteFunctionAsyncConfig(s, f)
  await refused('AsyncConfigNotExists', fc.deleteFunctionAsyncConfig(s, f))
})

test('versions and aliases', async () => {
  assert.equal((await fc.publishVersion(s, 'first')).data.versionId, '1')
  await fc.updateService(s, { description: 'changed' })
  assert.equal((await fc.publishVersion(s)).data.versionId, '2')
  assert.equal((await fc.listVersions(s)).data.versions.length, 2)
  const alias = await fc.createAlias(s, 'prod', '1', { additionalVersionWeight: { 2: 0.25 } })
  assert.deepEqual(alias.data.additionalVersionWeight, { 2: 0.25 })
  assert.equal((await fc.updateAlias(s, 'prod', '2', { additionalVersionWeight: {} })).data.versionId, '2')
  assert.equal((await fc.getAlias(s, 'prod')).data.versionId, '2')
  assert.deepEqual((await fc.listAliases(s)).data.aliases.map((one) => one.aliasName), ['prod'])
  assert.equal((await fc.invokeFunction(s, f, '1', {}, 'prod')).data, '1')
  assert.equal((await fc.getFunction(s, f, {}, '1')).data.functionName, f)
  assert.equal((await fc.listFunctions(s, {}, {}, 'prod')).data.functions.length, 2)
  await fc.deleteAlias(s, 'prod')
  await refused('AliasNotFound', fc.getAlias(s, 'prod'))
  await fc.deleteVersion(s, '1')
  await refused('VersionNotFound', fc.deleteVersion(s, '1'))
})

test('concurrency and provision', async () => {
  await refused('OnDemandConfigNotFound', fc.getOnDemandConfig(s, f, 'LATEST'))
  assert.equal((await fc.putOnDemandConfig(s, f, 'LATEST', { maximumInstanceCount: 3 })).data.maximumInstanceCount, 3)
  assert.equal((await fc.getOnDemandConfig(s, f, 'LATEST')).data.maximumInstanceCount, 3)
  assert.equal((await fc.listOnDemandConfigs()).data.configs.length, 1)
  await fc.deleteOnDemandConfig(s, f, 'LATEST')
  assert.equal((await fc.putProvisionConfig(s, f, 'LATEST', { target: 1 })).data.target, 1)
  assert.equal((await fc.getProvisionConfig(s, f, 'LATEST')).data.target, 1)
  assert.equal((await fc.listProvisionConfigs({ serviceName: s })).data.provisionConfigs.length, 1)
  await fc.putProvisionConfig(s, f, 'LATEST', { target: 0 })
})

test('tags', async () => {
  const resourceArn = `acs:fc:cn-hangzhou:${node.account.id}:services/${s}`
  await fc.tagResource(resourceArn, { team: 'blue', k: 'v' })
  assert.deepEqual((await fc.getResourceTags({ resourceArn })).data.tags, { team: 'blue', k: 'v' })
  await fc.untagResource(resourceArn, ['k'])
  assert.deepEqual((await fc.getResourceTags({ resourceArn })).data.tags, { team: 'blue' })
})

test('the account, and what there is none of', async () => {
  assert.ok(Array.isArray((await fc.getAccountSettings()).data.availableAZs))
  assert.deepEqual((await fc.listTriggers(s, f)).data.triggers, [])
  assert.deepEqual((await fc.listCustomDomains()).data.customDomains, [])
  assert.deepEqual((await fc.listReservedCapacities()).data.reservedCapacities, [])
  assert.deepEqual((await fc.listLayers()).data.layers, [])
  assert.deepEqual((await fc.listLayerVersions('layer')).data.layers, [])
  assert.ok(Array.isArray((await fc.listInstances(s, f, 'LATEST')).data.instances))
})

test('what has no place here says what to use instead', async (t) => {
  const calls = {
    createTrigger: [s, f, { triggerName: 't', triggerType: 'timer', triggerConfig: {} }],
    getTrigger: [s, f, 't'],
    updateTrigger: [s, f, 't', { triggerConfig: {} }],
    deleteTrigger: [s, f, 't'],
    createCustomDomain: ['example.org', { protocol: 'HTTP' }],
    getCustomDomain: ['example.org'],
    updateCustomDomain: ['example.org', { protocol: 'HTTP' }],
    deleteCustomDomain: ['example.org'],
    publishLayerVersion: ['layer', { compatibleRuntime: ['nodejs16'], code: code(ECHO) }],
    // asks for the limits of the account first
    publishLayerVersionForBigCode: ['layer', { codeConfig: { size: 1, zipFilePath: 'none' } }],
    getLayerVersion: ['layer', '1'],
    getLayerVersionByArn: ['acs:fc:cn-hangzhou:official:layers/any/versions/1'],
    putLayerACL: ['layer', { public: 'true' }],
    deleteLayerVersion: ['layer', '1'],
    // of the object store that a package beyond the limit of a request goes through
    getTempCodeBucketPermission: [s, f, 'e1', {}],
    getAccountConfigs: [{ config: ['CodeSizeLimit'] }],
    getTempBucketToken: [],
  }
  for (const [operation, args] of Object.entries(calls)) {
    await t.test(operation, () => unsupported(fc[operation](...args)))
  }
  await t.test('instanceExec', async () => {
    const error = await new Promise((onError) => fc.instanceExec(s, f, 'LATEST', 'i-1', {}, { onError }))
    assert.ok(error.message.length > 20, error.message)
  })
})

test('deletion', async () => {
  await refused('ServiceNotEmpty', fc.deleteService(s))
  for (const name of [f, 'broken']) await fc.deleteFunction(s, name)
  await refused('FunctionNotFound', fc.deleteFunction(s, f))
  await fc.deleteVersion(s, '2')
  await fc.deleteService(s)
  await refused('ServiceNotFound', fc.listFunctions(s))
})

test('a wrong secret, an unknown key, a wrong account', async () => {
  const { id, secret } = node.account.keys[0]
  await refused('SignatureNotMatch', client1(node, { credential: { id, secret: 'wrong' } }).listServices())
  await refused('InvalidAccessKeyID', client1(node, { credential: { id: 'nobody', secret } }).listServices())
  await refused('AccessDenied', client1(node, { headers: { 'x-fc-account-id': '1' } }).listServices())
})

test('every operation of the SDK has been called', () => {
  assert.deepEqual(OPERATIONS_V1.filter((operation) => !node.driven.has(operation)), [])
})

test('the list of its operations is complete', () => {
  const all = listed('2016-08-15')
  // not an operation but several
  const one = (operation) => operation !== 'publishLayerVersionForBigCode'
  assert.deepEqual(OPERATIONS_V1.filter(one).map(nameOf).filter((name) => !all.includes(name)), [])
})
