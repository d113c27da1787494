// What a receiver does with a worker's webhooks, by the library that Standard Webhooks offers to receivers.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { Webhook } from 'standardwebhooks'

const worker = process.env.DARKROOM_URL
const settings = Object.fromEntries(readFileSync(new URL('worker.env', import.meta.url), 'utf8')
  .split('\n').filter(Boolean).map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
const secret = settings.DARKROOM_HTTP_WEBHOOK_SECRET
const next = settings.DARKROOM_HTTP_WEBHOOK_SECRET_NEXT

const received = []
let failures = 0
const receiver = createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  received.push({ headers: request.headers, body })
  response.writeHead(failures-- > 0 ? 500 : 204).end()
  receiver.emit('heard')
}).listen(0, '127.0.0.1')
await once(receiver, 'listening')
after(() => receiver.close())

/** Has a job done, and waits until so many webhooks have come in all. */
async function tell(count) {
  const answer = await fetch(`${worker}/run`, {
    method: 'POST',
    body: JSON.stringify({ input: { prompt: 'a red circle', seed: 7 }, webhook: `http://127.0.0.1:${receiver.address().port}/done` })
  })
  assert.equal(answer.status, 200)
  while (received.length < count) {
    await once(receiver, 'heard', { signal: AbortSignal.timeout(120_000) })
  }
  return (await answer.json()).id
}

test('the library verifies a webhook by a secret as it spells them, and by one that is any text', async () => {
  const id = await tell(1)
  const { headers, body } = received[0]

  for (const verifier of [new Webhook(secret), new Webhook(next, { format: 'raw' })]) {
    const told = verifier.verify(body, headers)
    assert.equal(told.id, id)
    assert.equal(told.status, 'COMPLETED')
  }
  assert.equal(headers['webhook-signature'].split(' ').length, 2)
})

test('the library refuses what was changed, or signed by somebody else', () => {
  const { headers, body } = received[0]
  const stranger = new Webhook(`whsec_${Buffer.from('the secret of somebody else').toString('base64')}`)

  assert.throws(() => stranger.verify(body, headers))
  assert.throws(() => new Webhook(secret).verify(body.replace('COMPLETED', 'FAILED'), headers))
  assert.throws(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'msg_other_0' }))
  assert.throws(() => new Webhook(secret).verify(body, { ...headers, 'webhook-timestamp': `${Math.floor(Date.now() / 1000) - 3600}` }))
})

test('an event that is told again has the id that it had, and a signature of its own time', async () => {
  failures = 1
  const id = await tell(3)
  const [first, second] = received.slice(1)

  assert.equal(first.headers['webhook-id'], second.headers['webhook-id'])
  assert.match(first.headers['webhook-id'], new RegExp(`^msg_${id}_`))
  assert.notEqual(first.headers['webhook-id'], received[0].headers['webhook-id'])
  for (const { headers, body } of [first, second]) {
    new Webhook(secret).verify(body, headers)
  }
})

test('our own signature is there as before', () => {
  const { headers, body } = received[0]
  const [, seconds, ...signatures] = headers['x-darkroom-signature'].match(/^t=(\d+),v1=([0-9a-f]{64}),v1=([0-9a-f]{64})$/)

  assert.equal(seconds, headers['webhook-timestamp'])
  assert.deepEqual(signatures, [secret, next].map(key => createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')))
})
