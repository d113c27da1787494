// One job after the other: sent, followed until its end whatever happens to the connection, found again after a reload.
import * as worker from './worker.js'
import { note, noted } from './shelf.js'

const PREVIEWS = 8
const AGAIN = [500, 1000, 2000, 4000] // milliseconds; the last again and again
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT']

let running = null
let reading = null

export const isRunning = () => running !== null

/** The job that was running when the page was left; null if there was none. */
export const left = () => noted('running')

/**
 * Sends a job and follows it.
 *
 * @param input of the job
 * @param request what is kept with its pictures
 * @param listener hears {status}, {progress}, {preview}, {image}, {away} while it runs
 * @return the last answer: its status is COMPLETED or says what went wrong
 */
export async function run(input, request, listener) {
  const answer = await worker.post('/run', { input: { ...input, return: 'base64', previews: PREVIEWS } })
  if (ENDED.includes(answer.status)) return answer
  note('running', { id: answer.id, request })
  return follow(answer.id, listener)
}

/** Follows a job to its end. */
export async function follow(id, listener) {
  running = id
  try {
    for (let failures = 0; ; failures++) {
      try {
        for await (const event of listen(id)) {
          failures = 0
          if (event.name === 'end') return await worker.json(`/status/${encodeURIComponent(id)}`)
          listener({ [event.name]: event.data })
        }
      } catch (failure) {
        if (failure instanceof worker.Refusal && failure.status !== 429 && failure.status !== 503) throw failure
      }
      listener({ away: failures > 0 })
      await new Promise(resolve => setTimeout(resolve, AGAIN[Math.min(failures, AGAIN.length - 1)]))
    }
  } finally {
    running = null
    note('running', null)
  }
}

async function * listen(id) {
  reading = new AbortController()
  yield * worker.events(id, reading.signal)
}

/** Asks the worker to cancel the job; its end comes as for any other. */
export const cancel = () => running && worker.post(`/cancel/${encodeURIComponent(running)}`)

/** Makes a picture of an answer into a file. */
export function file(image) {
  const bytes = Uint8Array.from(atob(image.image), character => character.charCodeAt(0))
  return new Blob([bytes], { type: `image/${image.format}` })
}
