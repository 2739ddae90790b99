// Every action of the SDK's client, in every way it can sign and send: one customer's life with
// functions, from the first namespace to the last deletion.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Gate } from '../shared/gate.mjs'
import { startNode } from '../shared/node.mjs'
import { zip } from '../shared/zip.mjs'
import { ACTIONS, client } from './client.mjs'

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/
const TIME_MILLIS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NO_EVENT = '0e3b5ef8-1111-4222-8333-444455556666'

const ECHO = "exports.main_handler = async (event) => { console.log('got', JSON.stringify(event)); return event }"
const BROKEN = "exports.main_handler = async () => { throw new Error('no good') }"
const GATED = `
const net = require('net')
exports.main_handler = (event) => new Promise((resolve) => {
  const socket = net.connect(event.port, '127.0.0.1', () => socket.write('here'))
  process.once('SIGTERM', () => { socket.destroy(); resolve('tidied up') })
})`

let node

before(async () => {
  node = await startNode('rate-limit.rates=scf.*=0')
})

after(async () => {
  await node?.stop()
})

/** The error of a call that has to be refused with this code. */
async function refused(code, call) {
  const error = await call.then(
    (answer) => assert.fail(`expected ${code}, got ${JSON.stringify(answer)}`),
    (e) => e,
  )
  assert.equal(error.code, code, error.message)
  assert.match(error.requestId, UUID)
  return error
}

const WAYS = ['TC3-HMAC-SHA256', 'HmacSHA1', 'HmacSHA256'].flatMap((signMethod) =>
  ['POST', 'GET'].map((reqMethod) => ({ signMethod, reqMethod })),
)

// one will do for a cluster, which has no part in how requests are signed
for (const way of process.env.SDK_NODES > 1 ? WAYS.slice(0, 1) : WAYS) {
  test(`${way.signMethod} ${way.reqMethod}`, async (t) => {
    const scf = client(node, way)
    const Namespace = `${way.signMethod}-${way.reqMethod}`.toLowerCase()
    const of = (FunctionName) => ({ FunctionName, Namespace })
    const create = (FunctionName, code, more = {}) =>
      scf.CreateFunction({
        ...of(FunctionName),
        Runtime: 'Nodejs16.13',
        Handler: 'index.main_handler',
        Code: { ZipFile: zip({ 'index.js': code }) },
        ...more,
      })

    await t.test('namespaces', async () => {
      const made = await scf.CreateNamespace({ Namespace, Description: 'blanks & ümläuts + 你好' })
      assert.match(made.RequestId, UUID)
      await refused('ResourceInUse.Namespace', scf.CreateNamespace({ Namespace }))
      await scf.UpdateNamespace({ Namespace, Description: 'a = b' })
      const list = await scf.ListNamespaces({ SearchKey: [{ Key: 'Namespace', Value: Namespace }], Limit: 5 })
      assert.equal(list.TotalCount, 1)
      assert.equal(list.Namespaces[0].Name, Namespace)
      assert.equal(list.Namespaces[0].Description, 'a = b')
      assert.equal(list.Namespaces[0].Type, 'default')
      assert.match(list.Namespaces[0].AddTime, TIME)
    })

    await t.test('functions', async () => {
      await create('echo', ECHO, {
        Timeout: 20,
        MemorySize: 256,
        Description: 'the & first',
        Environment: { Variables: [{ Key: 'A', Value: '1 + 1' }, { Key: 'B', Value: '&' }] },
        Tags: [{ Key: 'team', Value: 'blue' }],
        TraceEnable: 'TRUE',
      })
      const got = await scf.GetFunction(of('echo'))
      assert.equal(got.Status, 'Active')
      assert.equal(got.Timeout, 20)
      assert.equal(got.MemorySize, 256)
      assert.equal(got.Description, 'the & first')
      assert.equal(got.Runtime, 'Nodejs16.13')
      assert.equal(got.AsyncRunEnable, 'FALSE')
      assert.equal(got.TraceEnable, 'TRUE')
      assert.deepEqual(got.Environment.Variables, [{ Key: 'A', Value: '1 + 1' }, { Key: 'B', Value: '&' }])
      assert.match(got.FunctionId, /^lam-[0-9a-z]{8}$/)
      await refused('ResourceInUse.Function', create('echo', ECHO))
      await refused('ResourceNotFound.Function', scf.GetFunction(of('nobody')))
      await scf.UpdateFunctionConfiguration({ ...of('echo'), Timeout: 21 })
      assert.equal((await scf.GetFunction(of('echo'))).Timeout, 21)
      assert.equal((await scf.GetFunction(of('echo'))).MemorySize, 256)
      const list = await scf.ListFunctions({
        Namespace,
        SearchKey: 'ech',
        Orderby: 'FunctionName',
        Order: 'ASC',
        Limit: 10,
        Filters: [{ Name: 'Runtime', Values: ['Go1', 'Nodejs16.13'] }, { Name: 'tag-team', Values: ['blue'] }],
      })
      assert.equal(list.TotalCount, 1)
      assert.equal(list.Functions[0].FunctionName, 'echo')
      assert.equal(list.Functions[0].FunctionId, got.FunctionId)
    })

    await t.test('code', async () => {
      await scf.UpdateFunctionCode({ ...of('echo'), ZipFile: zip({ 'index.js': ECHO + ' // again' }) })
      const shown = await scf.GetFunction({ ...of('echo'), ShowCode: 'TRUE' })
      assert.equal(shown.CodeInfo, ECHO + ' // again')
      const address = await scf.GetFunctionAddress(of('echo'))
      const code = Buffer.from(await (await fetch(address.Url)).arrayBuffer())
      assert.equal(createHash('sha256').update(code).digest('hex'), address.CodeSha256)
      await refused(
        'InvalidParameterValue.ZipFile',
        scf.UpdateFunctionCode({ ...of('echo'), ZipFile: Buffer.from('no zip').toString('base64') }),
      )
      await scf.CopyFunction({ ...of('echo'), NewFunctionName: 'copy', TargetNamespace: Namespace })
      assert.equal((await scf.GetFunction(of('copy'))).Timeout, 21)
    })

    await t.test('calls that are waited for', async () => {
      const { Result, RequestId } = await scf.InvokeFunction({ ...of('echo'), Event: '{"k":"ü & +"}', LogType: 'Tail' })
      assert.deepEqual(JSON.parse(Result.RetMsg), { k: 'ü & +' })
      assert.equal(Result.InvokeResult, 0)
      assert.equal(Result.ErrMsg, '')
      assert.equal(Result.FunctionRequestId, RequestId)
      assert.ok(Result.MemUsage > 1e6 && Number.isInteger(Result.MemUsage))
      assert.equal(Result.BillDuration, Math.ceil(Result.Duration))
      assert.ok(Result.Log.includes('got {"k":"ü & +"}'), Result.Log)
      const again = await scf.Invoke({ ...of('echo'), ClientContext: '[1,2]' })
      assert.deepEqual(JSON.parse(again.Result.RetMsg), [1, 2])
      await create('broken', BROKEN)
      const failed = await scf.Invoke({ ...of('broken'), InvocationType: 'RequestResponse' })
      assert.equal(failed.Result.InvokeResult, 430)
      const error = JSON.parse(failed.Result.RetMsg)
      assert.equal(error.statusCode, 430)
      assert.equal(error.errorCode, -1)
      assert.equal(error.errorMessage, 'user code exception caught')
      assert.equal(error.requestId, failed.Result.FunctionRequestId)
      assert.match(error.stackTrace, /no good/)
      await refused('InvalidParameterValue.Param', scf.Invoke({ ...of('echo'), ClientContext: '{' }))
      await refused('ResourceNotFound.Function', scf.InvokeFunction(of('nobody')))
    })

    await t.test('events', async () => {
      await create('gated', GATED, { AsyncRunEnable: 'TRUE', TraceEnable: 'TRUE', Timeout: 3600 })
      const gate = await new Gate().listen()
      const start = async () => {
        const reached = gate.reached()
        const { Result, RequestId } = await scf.Invoke({
          ...of('gated'),
          InvocationType: 'Event',
          ClientContext: gate.event,
        })
        assert.equal(Result.FunctionRequestId, RequestId)
        assert.equal(Result.RetMsg, '')
        await reached
        return RequestId
      }
      try {
        const InvokeRequestId = await start()
        assert.deepEqual((await scf.GetAsyncEventStatus({ InvokeRequestId })).Result, {
          InvokeRequestId,
          Status: 'RUNNING',
          StatusCode: 0,
        })
        await scf.TerminateAsyncEvent({ ...of('gated'), InvokeRequestId })
        assert.deepEqual((await scf.GetAsyncEventStatus({ InvokeRequestId })).Result, {
          InvokeRequestId,
          Status: 'ABORTED',
          StatusCode: 499,
        })
        await refused('FailedOperation.AsyncEventStatus', scf.TerminateAsyncEvent({ ...of('gated'), InvokeRequestId }))
        const second = await start()
        await scf.TerminateAsyncEvent({ ...of('gated'), InvokeRequestId: second, GraceShutdown: true })
        await node.ended(second)
        assert.deepEqual((await scf.GetAsyncEventStatus({ InvokeRequestId: second })).Result, {
          InvokeRequestId: second,
          Status: 'FINISHED',
          StatusCode: 200,
        })
        const list = await scf.ListAsyncEvents({
          ...of('gated'),
          Status: ['ABORTED', 'FINISHED'],
          InvokeType: ['TRIGGER_API'],
          StartTimeInterval: { Start: '2020-01-01 00:00:00', End: '2099-01-01 00:00:00' },
          Order: 'ASC',
          Orderby: 'StartTime',
          Offset: 0,
          Limit: 10,
        })
        assert.equal(list.TotalCount, 2)
        assert.deepEqual(list.EventList.map((event) => event.InvokeRequestId), [InvokeRequestId, second])
        assert.match(list.EventList[0].StartTime, TIME_MILLIS)
        assert.match(list.EventList[0].EndTime, TIME_MILLIS)
        assert.equal(list.EventList[0].Qualifier, '$LATEST')
        await refused('ResourceNotFound.AsyncEvent', scf.GetAsyncEventStatus({ InvokeRequestId: NO_EVENT }))
      } finally {
        gate.close()
      }
    })

    await t.test('request status and logs', async () => {
      const { RequestId: FunctionRequestId } = await scf.Invoke({ ...of('echo'), ClientContext: '7' })
      const status = await scf.GetRequestStatus({ ...of('echo'), FunctionRequestId })
      assert.equal(status.TotalCount, 1)
      assert.equal(status.Data[0].RequestId, FunctionRequestId)
      assert.equal(status.Data[0].FunctionName, 'echo')
      assert.equal(status.Data[0].RetCode, 0)
      assert.equal(status.Data[0].RetMsg, '7')
      assert.equal(status.Data[0].RetryNum, 0)
      const logs = await scf.GetFunctionLogs({ ...of('echo'), FunctionRequestId })
      assert.equal(logs.TotalCount, 1)
      assert.ok(logs.Data[0].Log.includes('got 7'), logs.Data[0].Log)
    })

    await t.test('retries and age of events', async () => {
      const AsyncTriggerConfig = { RetryConfig: [{ RetryNum: 1 }], MsgTTL: 600 }
      await scf.UpdateFunctionEventInvokeConfig({ ...of('echo'), AsyncTriggerConfig })
      const got = await scf.GetFunctionEventInvokeConfig(of('echo'))
      assert.equal(got.AsyncTriggerConfig.RetryConfig[0].RetryNum, 1)
      assert.equal(got.AsyncTriggerConfig.MsgTTL, 600)
      await refused(
        'LimitExceeded.MsgTTL',
        scf.UpdateFunctionEventInvokeConfig({
          ...of('echo'),
          AsyncTriggerConfig: { RetryConfig: [{ RetryNum: 1 }], MsgTTL: 59 },
        }),
      )
    })

    await t.test('versions and aliases', async () => {
      const one = await scf.PublishVersion({ ...of('echo'), Description: 'first' })
      assert.equal(one.FunctionVersion, '1')
      assert.equal(one.Timeout, 21)
      await scf.PublishVersion(of('echo'))
      const versions = await scf.ListVersionByFunction(of('echo'))
      assert.deepEqual(versions.FunctionVersion, ['$LATEST', '2', '1'])
      assert.equal(versions.TotalCount, 3)
      assert.equal(versions.Versions[2].Description, 'first')
      await scf.CreateAlias({
        ...of('echo'),
        Name: 'prod',
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: [{ Version: '2', Weight: 0.25 }] },
      })
      const alias = await scf.GetAlias({ ...of('echo'), Name: 'prod' })
      assert.equal(alias.FunctionVersion, '1')
      assert.deepEqual(alias.RoutingConfig.AdditionalVersionWeights, [{ Version: '2', Weight: 0.25 }])
      await scf.UpdateAlias({ ...of('echo'), Name: 'prod', FunctionVersion: '2', Description: 'now two' })
      const aliases = await scf.ListAliases({ ...of('echo'), FunctionVersion: '2', Offset: '0', Limit: '10' })
      assert.deepEqual(aliases.Aliases.map((one) => one.Name), ['prod'])
      assert.equal((await scf.InvokeFunction({ ...of('echo'), Qualifier: 'prod', Event: '1' })).Result.RetMsg, '1')
      await refused('UnsupportedOperation.AliasBind', scf.DeleteFunction({ ...of('echo'), Qualifier: '2' }))
      await scf.DeleteAlias({ ...of('echo'), Name: 'prod' })
      await refused('ResourceNotFound.Alias', scf.GetAlias({ ...of('echo'), Name: 'prod' }))
      await scf.DeleteFunctionVersion({ ...of('echo'), Qualifier: '2' })
    })

    await t.test('concurrency and account', async () => {
      await scf.PutReservedConcurrencyConfig({ ...of('echo'), ReservedConcurrencyMem: 512 })
      assert.equal((await scf.GetReservedConcurrencyConfig(of('echo'))).ReservedMem, 512)
      await scf.DeleteReservedConcurrencyConfig(of('echo'))
      await scf.PutTotalConcurrencyConfig({ Namespace, TotalConcurrencyMem: 64000 })
      const account = await scf.GetAccount({})
      const usage = account.AccountUsage.Namespace.find((one) => one.Namespace === Namespace)
      assert.deepEqual([...usage.Functions].sort(), ['broken', 'copy', 'echo', 'gated'])
      assert.equal(usage.FunctionsCount, 4)
      assert.equal(usage.TotalConcurrencyMem, 64000)
      assert.ok(account.AccountLimit.NamespacesCount > 0)
    })

    await t.test('timer triggers', async () => {
      const timer = { ...of('echo'), TriggerName: 'nightly', Type: 'timer' }
      const made = await scf.CreateTrigger({ ...timer, TriggerDesc: '0 0 2 * * * *', CustomArgument: 'a & b' })
      assert.equal(made.TriggerInfo.TriggerName, 'nightly')
      assert.equal(made.TriggerInfo.Enable, 1)
      await scf.UpdateTriggerStatus({ ...timer, Enable: 'CLOSE' })
      assert.equal((await scf.ListTriggers(of('echo'))).Triggers[0].Enable, 0)
      await scf.UpdateTrigger({ ...timer, TriggerDesc: '0 0 3 * * * *', Enable: 'OPEN' })
      const list = await scf.ListTriggers({ ...of('echo'), Limit: 5 })
      assert.equal(list.TotalCount, 1)
      assert.ok(list.Triggers[0].TriggerDesc.includes('0 0 3 * * * *'), list.Triggers[0].TriggerDesc)
      await scf.DeleteTrigger(timer)
      assert.equal((await scf.ListTriggers(of('echo'))).TotalCount, 0)
      await refused('UnsupportedOperation', scf.CreateTrigger({ ...timer, Type: 'cos', TriggerDesc: '{}' }))
    })

    await t.test('deletion', async () => {
      await refused('ResourceInUse.Namespace', scf.DeleteNamespace({ Namespace }))
      for (const name of ['broken', 'copy', 'echo', 'gated']) await scf.DeleteFunction(of(name))
      await refused('ResourceNotFound.Function', scf.GetFunction(of('echo')))
      await scf.DeleteNamespace({ Namespace })
      await refused('ResourceNotFound.Namespace', scf.ListFunctions({ Namespace }))
    })
  })
}

test('what has no place here says what to use instead', async (t) => {
  const scf = client(node)
  const requests = {
    PublishLayerVersion: { LayerName: 'l', CompatibleRuntimes: ['Nodejs16.13'], Content: { ZipFile: 'UEsFBg==' } },
    GetLayerVersion: { LayerName: 'l', LayerVersion: 1 },
    DeleteLayerVersion: { LayerName: 'l', LayerVersion: 1 },
    ListLayers: {},
    ListLayerVersions: { LayerName: 'l' },
    PutProvisionedConcurrencyConfig: { FunctionName: 'f', Qualifier: '1', VersionProvisionedConcurrencyNum: 1 },
    GetProvisionedConcurrencyConfig: { FunctionName: 'f' },
    DeleteProvisionedConcurrencyConfig: { FunctionName: 'f', Qualifier: '1' },
    CreateCustomDomain: { Domain: 'example.org', Protocol: 'HTTP' },
    UpdateCustomDomain: { Domain: 'example.org' },
    GetCustomDomain: { Domain: 'example.org' },
    DeleteCustomDomain: { Domain: 'example.org' },
    ListCustomDomains: {},
  }
  for (const [action, request] of Object.entries(requests)) {
    await t.test(action, async () => {
      const error = await refused('UnsupportedOperation', scf[action](request))
      assert.ok(error.message.length > 20, error.message)
    })
  }
})

test('a wrong secret and an unknown key are refused', async () => {
  const { id } = node.account.keys[0]
  for (const way of WAYS) {
    const wrong = client(node, { ...way, credential: { secretId: id, secretKey: 'wrong' } })
    await refused('AuthFailure.SignatureFailure', wrong.ListFunctions({}))
    const unknown = client(node, { ...way, credential: { secretId: 'AKIDnobody', secretKey: 'wrong' } })
    await refused('AuthFailure.SecretIdNotFound', unknown.ListFunctions({}))
  }
})

test('what is wrong before any action is reached', async () => {
  await refused('UnsupportedRegion', client(node, { region: 'mars-north' }).ListFunctions({}))
  const scf = client(node)
  await refused('InvalidAction', scf.request('Explode', {}))
  await refused('UnknownParameter', scf.request('ListFunctions', { Colour: 'red' }))
  await refused('MissingParameter', scf.request('DeleteFunction', {}))
  await refused('InvalidParameter', scf.request('ListFunctions', { Limit: 'five' }))
})

test('every action of the SDK has been called', () => {
  assert.deepEqual(
    ACTIONS.filter((action) => !node.driven.has(action)),
    [],
  )
})
