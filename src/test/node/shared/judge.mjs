// Judges what a client is answered while nodes are killed: what may be refused for the moment is asked again, and
// counted; whatever else is refused is wrong, and so is what was answered and does not hold.
import { setTimeout as sleep } from 'node:timers/promises'

const PAUSE = 100

export class Judge {
  #passing

  /** `passing(e)` tells whether a call that failed with `e` may be made again. */
  constructor(passing) {
    this.#passing = passing
    /** How often each call ended how. */
    this.tally = {}
    /** What must not be. */
    this.wrong = []
  }

  #count(call, ended) {
    const key = `${call}: ${ended}`
    this.tally[key] = (this.tally[key] ?? 0) + 1
  }

  /** Calls until there is an answer that stays; `again(e)` gives one for what an earlier try may have done. */
  async until(call, asked, again = () => undefined) {
    for (let tried = 0; ; tried++) {
      try {
        const answer = await asked()
        this.#count(call, 'ok')
        return answer
      } catch (e) {
        this.#count(call, [e.statusCode, e.code ?? e.name].filter(Boolean).join(' '))
        if (!this.#passing(e)) {
          const done = tried > 0 ? again(e) : undefined
          if (done === undefined) this.wrong.push(`${call}: ${e.statusCode ?? ''} ${e.code} ${e.message}`)
          return done
        }
        await sleep(PAUSE)
      }
    }
  }
}
