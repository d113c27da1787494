// One job after the other: sent, followed until its end whatever happens to the connection, found again after a reload.
import * as worker from './worker.js'
import { note, noted } from './shelf.js'

const PREVIEWS = 8
const AGAIN = [500, 1000, 2000, 4000] // milliseconds; the last again and again
const TYPES = { mp4: 'video/mp4', webm: 'video/webm', zip: 'application/zip' }
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT']

let running = null
let sending = false
let unwanted = false
let reading = null

export const isRunning = () => sending || running !== null

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
  sending = true
  unwanted = false
  const film = input.type === 'animation' ? { keep_on_cancel: true, poster: 'middle' } : {}
  let answer
  try {
    answer = await worker.post('/run', { input: { ...input, ...film, return: 'base64', previews: PREVIEWS } })
  } finally {
    sending = false
  }
  if (ENDED.includes(answer.status)) return answer
  note('running', { id: answer.id, request })
  if (unwanted) await stop(answer.id)
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
        if (failure instanceof worker.Refusal && failure.status < 500 && failure.status !== 429) throw failure
      }
      listener({ away: failures > 0 })
      await new Promise(resolve => setTimeout(resolve, AGAIN[Math.min(failures, AGAIN.length - 1)]))
    }
  } finally {
    running = null
  }
}

/** Says that a job needs not be found again: it has ended, or nobody knows it any more. */
export const forget = () => note('running', null)

async function * listen(id) {
  reading = new AbortController()
  yield * worker.events(id, reading.signal)
}

/** Asks the worker to cancel the job; its end comes as for any other. */
export function cancel() {
  unwanted = true // what is being sent has no id yet
  return running === null ? Promise.resolve() : stop(running)
}

const stop = id => worker.post(`/cancel/${encodeURIComponent(id)}`)

/** Makes a picture of an answer, or a film, into a file. Throws a Refusal if it lies where this page cannot read it. */
export async function file(image) {
  const type = TYPES[image.format] ?? `image/${image.format}`
  if (image.image) return new Blob([Uint8Array.from(atob(image.image), character => character.charCodeAt(0))], { type })
  const { pathname } = new URL(image.url)
  if (!pathname.startsWith('/results/')) throw new worker.Refusal(200, `The file is too large for the answer. It lies at ${image.url}`)
  return new Blob([await (await worker.call(pathname)).blob()], { type })
}
