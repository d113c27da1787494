// Calls of the worker's own API, with the key where one is needed.
import { askForKey, key } from './key.js'

/** What the worker says against a call, in its own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/** Calls the worker; asks for the key, and calls again, where it wants one. Throws a Refusal, or a TypeError if nobody answers. */
export async function call(path, options = {}) {
  const headers = { Accept: 'application/json', ...options.headers, ...authorization() }
  const answer = await fetch(path, { cache: 'no-store', ...options, headers })
  if (answer.status === 401 && await askForKey(key() !== '')) return call(path, options)
  if (!answer.ok) throw new Refusal(answer.status, await reason(answer))
  return answer
}

export const json = async (path, options) => (await call(path, options)).json()

export const post = (path, body) => json(path, {
  method: 'POST',
  ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
})

const authorization = () => (key() === '' ? {} : { Authorization: `Bearer ${key()}` })

async function reason(answer) {
  try {
    return (await answer.json()).error ?? `HTTP ${answer.status}`
  } catch {
    return `HTTP ${answer.status}`
  }
}

/** Reads the events of a job, one after another, until the worker ends them or the connection breaks. */
export async function * events(id, signal) {
  const answer = await call(`/events/${encodeURIComponent(id)}`, { headers: { Accept: 'text/event-stream' }, signal })
  const text = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let unread = ''
  while (true) {
    const { done, value } = await text.read()
    if (done) return
    unread += value
    const parts = unread.split('\n\n')
    unread = parts.pop()
    for (const part of parts) {
      const name = /^event: (.*)$/m.exec(part)?.[1]
      const data = /^data: (.*)$/m.exec(part)?.[1]
      if (name && data) yield { name, data: JSON.parse(data) }
    }
  }
}
