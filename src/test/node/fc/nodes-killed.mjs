// The SDK for 2023-03-30 while the nodes of a cluster of three are killed and come back, one at a time. A request may be
// refused for a while, or have no answer; but what was answered holds, at whatever node is asked next. `.ci/fc` runs it
// when it is named: it is none of the tests of a single node.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Judge } from '../shared/judge.mjs'
import { KilledCluster } from '../shared/killed-cluster.mjs'
import { zip } from '../shared/zip.mjs'
import { client3, models3 as sdk, streamOf, textOf } from './clients.mjs'

const SECONDS = Number(process.env.SDK_SECONDS ?? 25)
const SUBMITTERS = 4
const PAUSE = 100

let cluster
let fc
let end
const accepted = new Set()
/** Refused for the moment, or nothing is known of it: the connection broke. */
const judge = new Judge((e) => e.statusCode === 503 || (!e.statusCode && /ECONN|EPIPE|hang up/.test(`${e.code} ${e.message}`)))
const { wrong, tally } = judge
const until = (call, asked, again) => judge.until(call, asked, again)

before(async () => {
  cluster = await KilledCluster.start('fc.region=cn-hangzhou', 'rate-limit.rates=fc.*=0')
  fc = client3(cluster)
})

after(() => cluster?.stop())

const codeOf = (text) => new sdk.InputCodeLocation({ zipFile: zip({ 'index.js': `exports.handler = (e, c, done) => done(null, '${text}' + e)` }) })
const create = (name, text) =>
  fc('createFunction', [], {
    body: new sdk.CreateFunctionInput({ functionName: name, runtime: 'nodejs20', handler: 'index.handler', code: codeOf(text), timeout: 20 }),
  })
const submit = (id, headers = {}) =>
  fc('invokeFunction', ['f'], { body: streamOf(id) }, { xFcInvocationType: 'Async', xFcAsyncTaskId: id, ...headers })
const there = (code) => (e) => (e.code === code ? {} : undefined)

/** Tasks are accepted, and known at the next node at once. */
async function submitting(submitter) {
  for (let i = 0; Date.now() < end; i++) {
    const id = `t-${submitter}-${i}`
    if (await until('submit', () => submit(id), there('AsyncTaskAlreadyExists'))) accepted.add(id)
    await until('task', () => fc('getAsyncTask', ['f', id]))
  }
}

/** Code that was put in place is what runs at the next node. Of a function without tasks: those may take all places. */
async function updating() {
  for (let i = 1; Date.now() < end; i++) {
    if (!(await until('update', () => fc('updateFunction', ['u'], { body: new sdk.UpdateFunctionInput({ code: codeOf(`v${i}`) }) })))) continue
    const answer = await until('invoke', async () => textOf((await fc('invokeFunction', ['u'], { body: streamOf('!') })).body))
    if (answer?.startsWith('v') && answer !== `v${i}!`) wrong.push(`${answer} of code v${i}`)
  }
}

/** Functions, their versions, what is reserved for them, and tasks that are stopped. */
async function changing() {
  for (let i = 0; Date.now() < end; i++) {
    const name = `g${i}`
    await until('create', () => create(name, 'x'), there('FunctionAlreadyExists'))
    await until('get', () => fc('getFunction', [name]))
    await until('publish', () => fc('publishFunctionVersion', [name], { body: new sdk.PublishVersionInput({ description: 'd' }) }))
    await until('reserve', () => fc('putConcurrencyConfig', [name], { body: new sdk.PutConcurrencyInput({ reservedConcurrency: 3 }) }))
    const reserved = await until('reserved', () => fc('getConcurrencyConfig', [name]))
    if (reserved && reserved.body.reservedConcurrency !== 3) wrong.push(`${name} has ${JSON.stringify(reserved.body)}`)
    const id = `s-${i}`
    await until('delay', () => submit(id, { commonHeaders: { 'x-fc-async-delay': '600' } }), there('AsyncTaskAlreadyExists'))
    await until('stop', () => fc('stopAsyncTask', ['f', id]))
    const stopped = await until('stopped', () => fc('getAsyncTask', ['f', id]))
    if (stopped && !/Stop/.test(stopped.body.status)) wrong.push(`${id} was stopped and is ${stopped.body.status}`)
  }
}

test('what was answered holds while nodes are killed', { timeout: SECONDS * 1000 + 120_000 }, async () => {
  await create('f', 'v0')
  await create('u', 'v0')
  await fc('putAsyncInvokeConfig', ['f'], { body: new sdk.PutAsyncInvokeConfigInput({ asyncTask: true, maxAsyncRetryAttempts: 3 }) })
  end = Date.now() + SECONDS * 1000
  const clients = Array.from({ length: SUBMITTERS }, (none, submitter) => submitting(submitter))
  const [kills] = await Promise.all([cluster.killUntil(end), updating(), changing(), ...clients])
  console.log(`${kills} kills`, tally)
  assert.deepEqual(wrong, [])
  assert.ok(kills > 0 && accepted.size > 0)
})

test('every accepted task has succeeded in the end', { timeout: 60_000 }, async () => {
  for (const id of accepted) {
    let status
    do {
      status = (await until('end', () => fc('getAsyncTask', ['f', id])))?.body.status
      if (!/^(Succeeded|Failed)$/.test(status)) await sleep(PAUSE)
    } while (status !== undefined && !/^(Succeeded|Failed)$/.test(status))
    if (status !== 'Succeeded') wrong.push(`${id} is ${status}`)
  }
  assert.deepEqual(wrong, [])
})

test('the list has each of them once', { timeout: 60_000 }, async () => {
  const listed = []
  let nextToken
  do {
    const page = await until('list', () => fc('listAsyncTasks', ['f'], { limit: 50, nextToken, prefix: 't-' }))
    listed.push(...(page?.body.tasks ?? []).map((task) => task.taskId))
    nextToken = page?.body.nextToken
  } while (nextToken)
  assert.deepEqual(wrong, [])
  assert.deepEqual(listed.sort(), [...accepted].sort())
})
