// What the tests of the three versions share.
import assert from 'node:assert/strict'

export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const ECHO = "exports.handler = (event, context, callback) => { console.log('got ' + event); callback(null, event) }"
export const BROKEN = "exports.handler = (event, context, callback) => { callback(new Error('no good')) }"

/** Waits at a Gate. */
export const GATED = `
const net = require('net')
exports.handler = (event, context, callback) => {
  const socket = net.connect(JSON.parse(event).port, '127.0.0.1', () => socket.write('here'))
  socket.on('error', () => {}).on('close', () => callback(null, 'released'))
}`

/** A succeeded task's events: being taken from the queue may be shown between the first two. */
export const withoutDequeued = (events) => events.map((event) => event.status).filter((status) => status !== 'Dequeued')

/**
 * The error of a call that has to be refused with this code. The SDK for 2021-04-06 has the request's id in `data`, that
 * for 2023-03-30 in the error itself, that for 2016-08-15 in the message.
 */
export async function refused(code, call) {
  const error = await call.then(
    (answer) => assert.fail(`expected ${code}, got ${JSON.stringify(answer.body ?? answer)}`),
    (e) => e,
  )
  assert.equal(error.code, code, error.message)
  assert.ok(error.message.length > 0)
  const id = error.requestId ?? error.data?.RequestId ?? error.data?.requestId ?? /requestid: ([^,]*),/.exec(error.message)?.[1]
  assert.match(id ?? '', UUID, JSON.stringify(error))
  return error
}

/** What has no place here says what to use instead. */
export async function unsupported(call) {
  const error = await refused('NotImplemented', call)
  assert.ok(error.message.length > 20, error.message)
}
