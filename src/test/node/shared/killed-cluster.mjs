// A cluster of three whose nodes are killed and started again, one at a time, with one address in front of all.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NextNode } from './next-node.mjs'
import { JAR, JAVA } from './node.mjs'

const ROOT = new URL('../../../../', import.meta.url).pathname
const OPTIONS = join(ROOT, 'conf', 'jvm.options')
/** With which a start takes less time; `scripts/cluster` makes it. */
const ARCHIVE = join(ROOT, 'target', 'perdure-cluster.jsa')
const NUMBERS = [0, 1, 2]
const BETWEEN_KILLS = 3000
const DOWN = 2000

export class KilledCluster {
  /** Ready when the promise completes; further settings are texts such as `fc.region=cn-hangzhou`. */
  static async start(...settings) {
    const cluster = new KilledCluster()
    cluster.data = mkdtempSync(join(tmpdir(), 'perdure-killed-'))
    cluster.account = { id: '1000000000000001', name: 'default', keys: [{ id: 'pdk_killed', secret: 'pds_killed' }], tokens: ['pdt_killed'] }
    const accounts = join(cluster.data, 'accounts.json')
    writeFileSync(accounts, JSON.stringify({ accounts: [cluster.account] }), { mode: 0o600 })
    const ports = await freePorts(4 * NUMBERS.length)
    cluster.ports = ports.splice(0, NUMBERS.length)
    const nodes = NUMBERS.map((i) => `n${i}=127.0.0.1:${ports.splice(0, 3).join(':')}`).join(',')
    cluster.settings = [`accounts.file=${accounts}`, 'cluster.enabled=true', `cluster.nodes=${nodes}`, ...settings]
    cluster.processes = []
    try {
      NUMBERS.forEach((i) => cluster.run(i))
      await Promise.all(NUMBERS.map((i) => cluster.ready(i)))
    } catch (e) {
      await cluster.stop()
      throw e
    }
    cluster.front = await new NextNode(cluster.ports).listen()
    cluster.endpoint = `127.0.0.1:${cluster.front.port}`
    return cluster
  }

  /** What a client does is not looked at. */
  driving(client) {
    return client
  }

  run(i) {
    const own = [`cluster.node=n${i}`, `data.dir=${join(this.data, `n${i}`)}`, `http.port=${this.ports[i]}`]
    const archive = existsSync(ARCHIVE) ? [`-XX:SharedArchiveFile=${ARCHIVE}`] : []
    const set = [...this.settings, ...own].flatMap((setting) => ['--set', setting])
    const log = openSync(join(this.data, `n${i}.log`), 'a')
    this.processes[i] = spawn(JAVA, [`@${OPTIONS}`, ...archive, '-jar', JAR, ...set], { stdio: ['ignore', log, log] })
    closeSync(log)
  }

  /** Returns once it takes requests, or when it is `end`. */
  async ready(i, end = Infinity) {
    while (Date.now() < end) {
      const status = await fetch(`http://127.0.0.1:${this.ports[i]}/readyz`).then((answer) => answer.status, () => 0)
      if (status === 200) return
      if (this.processes[i].exitCode !== null) throw new Error(`n${i} has ended; its log is in ${this.data}`)
      await sleep(100)
    }
  }

  /** Kills one after the other, each once the one before is back; gives how many. All run at the end. */
  async killUntil(end) {
    let kills = 0
    for (; Date.now() + BETWEEN_KILLS + DOWN < end; kills++) {
      await sleep(BETWEEN_KILLS)
      const i = kills % NUMBERS.length
      await this.kill(i)
      await sleep(DOWN)
      this.run(i)
      await this.ready(i, end)
    }
    return kills
  }

  async kill(i) {
    const process = this.processes[i]
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return
    const ended = once(process, 'exit')
    process.kill('SIGKILL')
    await ended
  }

  async stop() {
    this.front?.close()
    await Promise.all(NUMBERS.map((i) => this.kill(i)))
    rmSync(this.data, { recursive: true, force: true })
  }
}

/** Of loopback, and different ones: they are let go of together. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}
