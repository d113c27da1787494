#!/usr/bin/env node
// Draws a picture and shows how it gets on: node deploy/examples/javascript/draw.mjs 'a red circle' circle.png; Ctrl-C cancels the job.
// Node 20 or later, without packages. The worker is at DARKROOM_URL (http://localhost:8000), its key in DARKROOM_KEY.
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const worker = process.env.DARKROOM_URL ?? 'http://localhost:8000'
const headers = process.env.DARKROOM_KEY ? { Authorization: `Bearer ${process.env.DARKROOM_KEY}` } : {}

// calls the worker; a call that was lost, or came at a bad time, is made again
async function call(method, path, body, more = {}) {
  for (let tries = 1; ; tries++) {
    let wait = 2 ** tries / 4
    try {
      const answer = await fetch(worker + path, { method, body, headers: { ...headers, ...more } })
      if (answer.ok) {
        return await answer.json()
      }
      if (![429, 502, 503, 504].includes(answer.status) || tries === 6) {
        throw new Error((await answer.json().catch(() => ({}))).error ?? `HTTP ${answer.status}`, { cause: 'refused' })
      }
      wait = Number(answer.headers.get('Retry-After')) || wait
    } catch (error) {
      if (error.cause === 'refused' || tries === 6) {
        throw error
      }
    }
    await pause(1000 * wait)
  }
}

// yields server-sent events until the stream ends
async function* events(id) {
  const answer = await fetch(`${worker}/events/${id}`, { headers })
  if (!answer.ok) {
    return
  }
  let text = ''
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const parts = (text + chunk).split('\n\n')
    text = parts.pop()
    for (const part of parts) {
      const event = part.match(/^event: (.*)\ndata: (.*)$/m)
      if (event) {
        yield { name: event[1], data: JSON.parse(event[2]) }
      }
    }
  }
}

const isFinal = job => !['IN_QUEUE', 'IN_PROGRESS'].includes(job.status)

// follows a job to its end: by its events, and where those break off by its status
async function ended(id) {
  for (;;) {
    try {
      for await (const { name, data } of events(id)) {
        if (name === 'progress') {
          console.error(`step ${data.value} of ${data.max}`)
        }
      }
    } catch {
      // the connection was lost
    }
    const job = await call('GET', `/status/${id}`)
    if (isFinal(job)) {
      return job
    }
    await pause(1000)
  }
}

const [prompt, file, fields = '{}'] = process.argv.slice(2)
if (!prompt || !file) {
  console.error("usage: draw.mjs 'a red circle' circle.png [JSON of further fields]")
  process.exit(2)
}
// the key makes one job of a submission that has to be sent again
const job = await call('POST', '/run', JSON.stringify({ input: { ...JSON.parse(fields), prompt } }), { 'Idempotency-Key': randomUUID() })
const cancel = () => call('POST', `/cancel/${job.id}`)
process.once('SIGINT', cancel).once('SIGTERM', cancel)

const end = isFinal(job) ? job : await ended(job.id)
if (end.status !== 'COMPLETED') {
  console.error(`${end.status}: ${end.error}`)
  process.exit(1)
}
const [image] = end.output.images
const bytes = image.url ? Buffer.from(await (await fetch(image.url)).arrayBuffer()) : Buffer.from(image.image, 'base64')
await writeFile(file, bytes)
console.error(`${file}: ${image.width}×${image.height}, seed ${image.seed}`)
process.exit(0)
