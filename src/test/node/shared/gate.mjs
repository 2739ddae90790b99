// Holds functions up until a test lets them go.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Where functions wait until the test lets them go. */
export class Gate {
  #sockets = []
  #reached = []
  #server = createServer((socket) => {
    socket.on('error', () => {}) // a killed function hangs up
    this.#sockets.push(socket)
    this.#reached.shift()?.()
  })

  async listen() {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get event() {
    return JSON.stringify({ port: this.#server.address().port })
  }

  /** To be asked for before the function is called. */
  reached() {
    return new Promise((resolve) => this.#reached.push(resolve))
  }

  close() {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
