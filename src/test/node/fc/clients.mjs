// The three unmodified SDKs, pointed at a node.
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import fc2 from '@alicloud/fc2'
import v2 from '@alicloud/fc-open20210406'
import v3 from '@alicloud/fc20230330'
import core from '@alicloud/openapi-core'
import openapi from '@alicloud/openapi-client'
import dara from '@darabonba/typescript'
import teaUtil from '@alicloud/tea-util'

const OPTION = 'WithOptions'

const methodsOf = (Client) => Object.getOwnPropertyNames(Client.prototype)
const operationsOf = (Client) => methodsOf(Client).filter((name) => name.endsWith(OPTION)).map((name) => name.slice(0, -OPTION.length))

/** What the clients of the SDKs for 2021-04-06 and 2023-03-30 can be asked for. */
export const OPERATIONS_V2 = operationsOf(v2.default)
export const OPERATIONS_V3 = operationsOf(v3.default)

/** The same of 2016-08-15. Others of its methods are what these are made of. */
export const OPERATIONS_V1 = methodsOf(fc2).filter((name) => !NOT_OPERATIONS().includes(name))

function NOT_OPERATIONS() {
  const plumbing = ['constructor', 'buildHeaders', 'request', 'get', 'post', 'put', 'delete', 'websocket', 'normalizeParams']
  // reached from createFunction with a package too large for a request, after a permission for the object store
  const objectStore = ['largeFunctionHelper', 'uploadCodeToTmpOssBucket']
  return [...plumbing, ...objectStore]
}

const key = (node, credential) => credential ?? node.account.keys[0]

/** `@alicloud/fc2`. */
export function client1(node, { credential, ...more } = {}) {
  const { id, secret } = key(node, credential)
  const config = { accessKeyID: id, accessKeySecret: secret, region: 'cn-hangzhou', endpoint: `http://${node.endpoint}` }
  return node.driving(new fc2(node.account.id, { ...config, ...more }))
}

/**
 * Both: what is called a timeout of connecting is one of every silence, 3 s unless set, and a change of a function may
 * take longer where a node has just died.
 */
const PATIENCE = { connectTimeout: 60_000, readTimeout: 60_000 }

/** `@alicloud/fc-open20210406`, called as {@link caller} says. */
export function client2(node, { credential, ...more } = {}) {
  const { id, secret } = key(node, credential)
  const config = { accessKeyId: id, accessKeySecret: secret, endpoint: node.endpoint, protocol: 'http' }
  const client = node.driving(new v2.default(new openapi.Config({ ...config, ...more })))
  return caller(client, v2, () => new teaUtil.RuntimeOptions(PATIENCE))
}

/** `@alicloud/fc20230330`, called as {@link caller} says. */
export function client3(node, { credential, ...more } = {}) {
  const { id, secret } = key(node, credential)
  const config = { accessKeyId: id, accessKeySecret: secret, endpoint: node.endpoint, protocol: 'http' }
  const client = node.driving(new v3.default(new core.$OpenApiUtil.Config({ ...config, ...more })))
  return caller(client, v3, () => new dara.RuntimeOptions(PATIENCE))
}

/**
 * Calls `operation`: values of its path, fields of its request, and headers by their field's name where the SDK has a
 * class for them. Requests are instances of the SDK's classes; objects in them may be plain. Gives its whole answer.
 */
function caller(client, sdk, runtime) {
  return (operation, path = [], request = {}, headers = {}) => {
    const name = nameOf(operation)
    const Request = sdk[`${name}Request`]
    const Headers = sdk[`${name}Headers`]
    return client[operation + OPTION](
      ...path,
      ...(Request ? [new Request(request)] : []),
      Headers ? new Headers(headers) : headers,
      runtime(),
    )
  }
}

/** Model classes of 2021-04-06 and 2023-03-30. */
export const models2 = v2
export const models3 = v3

/** A payload for 2023-03-30, which wants a stream, and what such a stream brings. */
export const streamOf = (text) => Readable.from([Buffer.from(text)])

export async function textOf(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

/** What tables and golden files go by: all operations of a version, of SDKs for Java as well. */
export function listed(version) {
  const list = new URL(`../../resources/fc/operations/${version}.txt`, import.meta.url)
  return readFileSync(list, 'utf8').trim().split('\n')
}

/** The name of an operation as the cloud has it. */
export const nameOf = (operation) => operation[0].toUpperCase() + operation.slice(1)
