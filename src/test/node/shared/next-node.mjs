// One address in front of the nodes of a cluster, as a load balancer is: each request goes to another node than the one
// before, as it is, so that signatures hold. Who cannot be connected to is left out.
import { Agent, createServer, request } from 'node:http'
import { once } from 'node:events'

export class NextNode {
  /** In front of those that listen at these ports of loopback. */
  constructor(ports) {
    this.ports = ports
    this.turn = 0
    // a connection of its own for each request: one that is kept may be closed by its node as it is used again
    this.agent = new Agent({ keepAlive: false })
    this.server = createServer((asked, answer) => this.pass(asked, answer))
  }

  async listen() {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = this.server.address().port
    return this
  }

  pass(asked, answer) {
    const chunks = []
    asked.on('data', (chunk) => chunks.push(chunk))
    asked.on('end', () => this.send(asked, Buffer.concat(chunks), answer, this.turn++, 0))
  }

  send(asked, body, answer, turn, refused) {
    const onward = request({
      agent: this.agent,
      host: '127.0.0.1',
      port: this.ports[(turn + refused) % this.ports.length],
      method: asked.method,
      path: asked.url,
      headers: asked.headers,
      setHost: false,
    })
    onward.on('response', (got) => {
      answer.writeHead(got.statusCode, got.statusMessage, got.headers)
      got.pipe(answer)
      got.on('error', () => answer.destroy())
    })
    onward.on('error', (e) => {
      if (e.code === 'ECONNREFUSED' && refused + 1 < this.ports.length) this.send(asked, body, answer, turn, refused + 1)
      else answer.destroy()
    })
    answer.on('close', () => onward.destroy())
    onward.end(body)
  }

  close() {
    this.server.close()
    this.server.closeAllConnections?.()
  }
}
