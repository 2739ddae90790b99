// A node of its own for a test run: the fat jar, on a free port, in an empty data directory. With SDK_NODES=3 it is a
// cluster of three, of which another node is asked for each request.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { NextNode } from './next-node.mjs'

// An SDK would send what is meant for loopback to a proxy of the environment.
for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) {
  delete process.env[name]
}

export const JAR = process.env.FAT_JAR ?? new URL('../../../../target/perdure.jar', import.meta.url).pathname
export const JAVA = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'

const CLUSTER = new URL('../../../../scripts/cluster', import.meta.url).pathname
const NODES = Number(process.env.SDK_NODES ?? 1)
const PORTS_TRIED = 5

/** Starts a node; further settings are texts such as `scf.region=ap-shanghai`. */
export async function startNode(...settings) {
  return NODES > 1 ? startCluster(settings) : startOne(settings)
}

/** Started by `scripts/cluster`, with a port in front that stands for all of them. */
async function startCluster(settings) {
  const data = mkdtempSync(join(tmpdir(), 'perdure-sdk-'))
  let refusal
  for (let tried = 0; tried < PORTS_TRIED; tried++) {
    const first = 20_000 + 200 * Math.floor(Math.random() * 50) // it wants ports in a row, which somebody may have
    const more = settings.flatMap((setting) => ['--set', setting])
    const child = spawn(CLUSTER, [String(NODES), '--dir', data, '--port', String(first), ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    try {
      const ports = await portsOf(child)
      const front = await new NextNode(ports).listen()
      const account = JSON.parse(readFileSync(join(data, 'accounts.json'), 'utf8')).accounts[0]
      while (!(await isSpread(ports[0], account.tokens[0]))); // what is asked while a shard moves may be refused
      return new SdkNode(child, data, front.port, account, front)
    } catch (e) {
      if (!e.message.includes('in use')) throw e
      refusal = e
    }
  }
  throw refusal
}

/** Whether each node leads as many shards as the others. */
async function isSpread(port, token) {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/cluster`, { headers: { authorization: `Bearer ${token}` } })
  if (answer.status === 503) return false
  if (!answer.ok) throw new Error(`GET /v1/cluster: ${answer.status} ${await answer.text()}`)
  const led = (await answer.json()).nodes.map((node) => node.leads)
  return Math.max(...led) - Math.min(...led) <= 1
}

/** The ports of all nodes, once they are ready. */
function portsOf(child) {
  return new Promise((resolve, reject) => {
    const said = []
    const ports = []
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line)
      const ready = /^ +n\d+ +http:\/\/127\.0\.0\.1:(\d+) +pid \d+ +ready$/.exec(line)
      if (ready) ports.push(Number(ready[1]))
      if (ports.length === NODES) resolve(ports)
    })
    child.once('exit', (code) => reject(new Error(`the cluster ended with ${code}:\n${said.join('\n')}`)))
  })
}

async function startOne(settings) {
  if (!existsSync(JAR)) throw new Error(`there is no ${JAR}: build it first, or name one in FAT_JAR`)
  const data = mkdtempSync(join(tmpdir(), 'perdure-sdk-'))
  const all = [`data.dir=${data}`, 'http.port=0', ...settings]
  const child = spawn(JAVA, ['-jar', JAR, ...all.flatMap((setting) => ['--set', setting])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise((resolve, reject) => {
    const said = []
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line)
      const listening = /^perdure listening on http:\/\/.*:(\d+)$/.exec(line)
      if (listening) resolve(Number(listening[1]))
    })
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}:\n${said.join('\n')}`)))
  })
  const account = JSON.parse(readFileSync(join(data, 'accounts.json'), 'utf8')).accounts[0]
  return new SdkNode(child, data, port, account)
}

class SdkNode {
  constructor(child, data, port, account, front) {
    this.child = child
    this.front = front
    this.data = data
    this.endpoint = `127.0.0.1:${port}`
    this.account = account
    /** Names of all methods of clients that have been called. */
    this.driven = new Set()
  }

  /** The client itself, whose methods are noted as they are used. */
  driving(client) {
    const { driven } = this
    return new Proxy(client, {
      get(target, name) {
        driven.add(name)
        return target[name]
      },
    })
  }

  /** Returns once the invocation has ended: a long poll, which the clouds' APIs have none of. */
  async ended(id) {
    const answer = await fetch(`http://${this.endpoint}/v1/invocations/${id}?wait=30s`, {
      headers: { Authorization: `Bearer ${this.account.tokens[0]}` },
    })
    const record = await answer.json()
    if (!['SUCCEEDED', 'FAILED', 'STOPPED', 'EXPIRED', 'INVALID'].includes(record.status)) {
      throw new Error(`${id} has not ended: ${JSON.stringify(record)}`)
    }
  }

  async stop() {
    this.front?.close()
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM')
      await once(this.child, 'exit')
    }
    rmSync(this.data, { recursive: true, force: true })
  }
}
