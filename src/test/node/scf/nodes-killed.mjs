// Tencent's own SDK while the nodes of a cluster of three are killed and come back, one at a time. A request may be
// refused for a while with ServiceUnavailable, or have no answer; but what was answered holds, at whatever node is asked
// next. `.ci/scf` runs it when it is named: it is none of the tests of a single node.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Judge } from '../shared/judge.mjs'
import { KilledCluster } from '../shared/killed-cluster.mjs'
import { zip } from '../shared/zip.mjs'
import { client } from './client.mjs'

const SECONDS = Number(process.env.SDK_SECONDS ?? 25)
const SUBMITTERS = 4
const PAUSE = 100
/** Between rounds of a client: nodes that start again want the cores, too. */
const PACE = 30
const PAGE = 50

/** Gives the event back, after a while if there is one in it. */
const WAITING = 'exports.main_handler = (event) => new Promise((done) => setTimeout(done, event.wait ?? 0, event.tag))'
const of = (FunctionName) => ({ FunctionName })

let cluster
let scf
let end
/** Tags of what was acknowledged, by ids. */
const accepted = new Map()
const aborted = new Map()
/** Events that may or may not have been accepted: nobody was told. */
let unanswered = 0

const CUT_OFF = /ECONN|EPIPE|hang up|network timeout/
const judge = new Judge((e) => e.code === 'ServiceUnavailable' || (!e.requestId && CUT_OFF.test(`${e.code} ${e.message}`)))
const { wrong, tally } = judge
const until = (call, asked, again) => judge.until(call, asked, again)

before(async () => {
  cluster = await KilledCluster.start('scf.region=ap-guangzhou', 'rate-limit.rates=scf.*=0')
  scf = client(cluster)
})

after(() => cluster?.stop())

const codeOf = (text) => ({ ZipFile: zip({ 'index.js': text }) })
const create = (name, text, more = {}) =>
  scf.CreateFunction({ ...of(name), Runtime: 'Nodejs16.13', Handler: 'index.main_handler', Code: codeOf(text), ...more })
const there = (code) => (e) => (e.code === code ? {} : undefined)

/** The id of an event that was accepted. */
async function submitted(call, event) {
  const { Result } = await until(call, async () => {
    unanswered++
    const answer = await scf.Invoke({ ...of('event'), InvocationType: 'Event', ClientContext: JSON.stringify(event) })
    unanswered--
    return answer
  })
  return Result.FunctionRequestId
}

const statusOf = async (call, InvokeRequestId) => (await until(call, () => scf.GetAsyncEventStatus({ InvokeRequestId })))?.Result

/** Events are accepted, and known at the next node at once. */
async function submitting(submitter) {
  for (let i = 0; Date.now() < end; i++, await sleep(PACE)) {
    const tag = `t-${submitter}-${i}`
    const id = await submitted('event', { tag })
    accepted.set(id, tag)
    const status = await statusOf('status', id)
    if (status && !['RUNNING', 'FINISHED'].includes(status.Status)) wrong.push(`${id} is ${JSON.stringify(status)}`)
  }
}

/** Events that were ended are so at the next node, and are listed so. */
async function terminating() {
  for (let i = 0; Date.now() < end; i++, await sleep(PACE)) {
    const tag = `s-${i}`
    const InvokeRequestId = await submitted('long event', { tag, wait: 600_000 })
    const ended = { ...of('event'), InvokeRequestId }
    if (!(await until('terminate', () => scf.TerminateAsyncEvent(ended), there('FailedOperation.AsyncEventStatus')))) continue
    aborted.set(InvokeRequestId, tag)
    const status = await statusOf('terminated', InvokeRequestId)
    if (status && status.Status !== 'ABORTED') wrong.push(`${InvokeRequestId} was ended and is ${JSON.stringify(status)}`)
    const list = await until('list one', () => scf.ListAsyncEvents({ ...ended, Status: ['ABORTED'] }))
    if (list && list.TotalCount !== 1) wrong.push(`${InvokeRequestId} was ended and is listed as ${JSON.stringify(list)}`)
  }
}

/** Lists have all that was acknowledged before they were asked for. */
async function listing() {
  while (Date.now() < end) {
    const before = [...accepted.keys(), ...aborted.keys()]
    const listed = new Set(await events('list'))
    wrong.push(...before.filter((id) => !listed.has(id)).map((id) => `${id} is not in a list of ${listed.size}`))
    await sleep(PAUSE)
  }
}

/** Code that was put in place is what runs at the next node. */
async function updating() {
  const saying = (text) => `exports.main_handler = async (event) => '${text}' + event`
  await until('create', () => create('code', saying('v0')), there('ResourceInUse.Function'))
  for (let i = 1; Date.now() < end; i++, await sleep(PACE)) {
    if (!(await until('update', () => scf.UpdateFunctionCode({ ...of('code'), ZipFile: codeOf(saying(`v${i}`)).ZipFile })))) continue
    const answer = await until('invoke', () => scf.InvokeFunction({ ...of('code'), Event: '1' }))
    if (answer && JSON.parse(answer.Result.RetMsg) !== `v${i}1`) wrong.push(`${JSON.stringify(answer.Result)} of code v${i}`)
  }
}

/** Functions, and their versions. */
async function changing() {
  for (let i = 0; Date.now() < end; i++, await sleep(PACE)) {
    const name = `g${i}`
    await until('create', () => create(name, WAITING), there('ResourceInUse.Function'))
    await until('get', () => scf.GetFunction(of(name)))
    await until('publish', () => scf.PublishVersion(of(name)))
    const versions = await until('versions', () => scf.ListVersionByFunction(of(name)))
    if (versions && !versions.FunctionVersion.includes('1')) wrong.push(`${name} has ${JSON.stringify(versions)}`)
    await until('delete', () => scf.DeleteFunction(of(name)), there('ResourceNotFound.Function'))
    const code = await until('deleted', () => scf.GetFunction(of(name)).then(() => 'there', (e) => (e.requestId && e.code !== 'ServiceUnavailable' ? e.code : Promise.reject(e))))
    if (code !== 'ResourceNotFound.Function') wrong.push(`${name} was deleted and is ${code}`)
  }
}

/** Ids of all events of the function, page by page. While events come and go a page may have some of the one before. */
async function events(call) {
  const ids = []
  let total = 1
  for (let Offset = 0; Offset < total; Offset += PAGE) {
    const page = await until(call, () => scf.ListAsyncEvents({ ...of('event'), Order: 'ASC', Orderby: 'StartTime', Offset, Limit: PAGE }))
    total = page?.TotalCount ?? 0
    ids.push(...(page?.EventList ?? []).map((event) => event.InvokeRequestId))
  }
  return ids
}

test('what was answered holds while nodes are killed', { timeout: SECONDS * 1000 + 120_000 }, async () => {
  await create('event', WAITING, { AsyncRunEnable: 'TRUE', TraceEnable: 'TRUE', Timeout: 900 })
  end = Date.now() + SECONDS * 1000
  const clients = Array.from({ length: SUBMITTERS }, (none, submitter) => submitting(submitter))
  const [kills] = await Promise.all([cluster.killUntil(end), terminating(), listing(), updating(), changing(), ...clients])
  console.log(`${kills} kills`, tally)
  assert.deepEqual(wrong, [])
  assert.ok(kills > 0 && accepted.size > 0 && aborted.size > 0)
})

test('every accepted event has succeeded in the end, with what came of it, and none twice', { timeout: 60_000 }, async () => {
  for (const [id, tag] of accepted) {
    let status
    while ((status = await statusOf('end', id))?.Status === 'RUNNING') await sleep(PAUSE)
    if (status?.Status !== 'FINISHED' || status.StatusCode !== 200) wrong.push(`${id} is ${JSON.stringify(status)}`)
    const attempts = (await until('outcome', () => scf.GetRequestStatus({ ...of('event'), FunctionRequestId: id })))?.Data ?? []
    const ended = attempts.filter((attempt) => attempt.RetCode === 0).map((attempt) => JSON.parse(attempt.RetMsg))
    if (ended.length !== 1 || ended[0] !== tag) wrong.push(`${id} of ${tag} has ${JSON.stringify(attempts)}`)
  }
  assert.deepEqual(wrong, [])
})

test('what was ended has stayed so', { timeout: 60_000 }, async () => {
  for (const id of aborted.keys()) {
    const status = await statusOf('end', id)
    if (status?.Status !== 'ABORTED' || status.StatusCode !== 499) wrong.push(`${id} was ended and is ${JSON.stringify(status)}`)
  }
  assert.deepEqual(wrong, [])
})

test('the list has each of them once, and nothing that nobody sent', { timeout: 60_000 }, async () => {
  const listed = await events('list')
  assert.deepEqual(wrong, [])
  assert.equal(new Set(listed).size, listed.length)
  const told = [...accepted.keys(), ...aborted.keys()]
  assert.deepEqual(told.filter((id) => !listed.includes(id)), [])
  assert.ok(listed.length <= told.length + unanswered, `${listed.length} of ${told.length} and at most ${unanswered} others`)
})
