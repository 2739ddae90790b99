// A node of its own for a test run: the fat jar, on a free port, in an empty data directory.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

// An SDK would send what is meant for loopback to a proxy of the environment.
for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) {
  delete process.env[name]
}

const JAR = process.env.FAT_JAR ?? new URL('../../../../target/perdure.jar', import.meta.url).pathname
const JAVA = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'

/** Starts a node; further settings are texts such as `scf.region=ap-shanghai`. */
export async function startNode(...settings) {
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
  constructor(child, data, port, account) {
    this.child = child
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
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM')
      await once(this.child, 'exit')
    }
    rmSync(this.data, { recursive: true, force: true })
  }
}
