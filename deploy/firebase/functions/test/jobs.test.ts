import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, test } from 'node:test'
import { Endpoint } from '../src/endpoint.js'
import { Jobs, LONGEST_DOUBT, LONGEST_LIFE, PATIENCE, type Webhook } from '../src/jobs.js'
import { EndpointStandIn } from './endpointStandIn.js'
import { JobsInMemory } from './jobsInMemory.js'

const webhookUrl = 'https://region-project.example/darkroomWebhook'
const url = 'https://bucket.example/sunset.png'

let endpoint: EndpointStandIn
let store: JobsInMemory
let jobs: Jobs

beforeEach(async () => {
  endpoint = await EndpointStandIn.start()
  store = new JobsInMemory()
  jobs = jobsWith(null)
})
afterEach(() => endpoint.stop())

function jobsWith(webhookSecret: string | null, timeout = 2_000): Jobs {
  return new Jobs(store, new Endpoint(endpoint.address, 'rp-key', timeout), { webhookUrl, webhookSecret })
}

function later(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds + 1_000)
}

/** The webhook that the endpoint was told to call, with this body. */
function webhook(body: unknown, signature?: string): Webhook {
  const address = new URL(endpoint.requests.find(request => request.path.endsWith('/run'))!.body.webhook)
  return {
    job: address.searchParams.get('job')!,
    token: address.searchParams.get('token')!,
    signature,
    body: Buffer.from(JSON.stringify(body)),
  }
}

function signatureOf(body: unknown, secret: string): string {
  const time = Math.floor(Date.now() / 1000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${JSON.stringify(body)}`).digest('hex')}`
}

const completed = { id: 'job-1', status: 'COMPLETED', output: { images: [{ url }] } }

test('a job is handed over with the key, a webhook of its own and a wish for addresses', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  const [request] = endpoint.requests
  assert.equal(request!.path, '/v2/flux/run')
  assert.equal(request!.authorization, 'Bearer rp-key')
  assert.equal(request!.key, id, 'sent twice it would be one job')
  assert.deepEqual(request!.body.input, { prompt: 'a sunset', return: 'url' })
  assert.ok(request!.body.webhook.startsWith(`${webhookUrl}?job=${id}&token=`))
  const job = store.get(id)
  assert.equal(job.state, 'submitted')
  assert.equal(job.endpointJob, 'job-1')
  assert.ok(!JSON.stringify(job).includes(webhook({}).token), 'the token itself is not kept')
})

test('its webhook settles a job once, and again it changes nothing', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.receive(webhook(completed)), 200)
  assert.deepEqual(store.get(id).pictures, [{ url }])
  const settledAt = store.get(id).settledAt
  assert.equal(await jobs.receive(webhook({ id: 'job-1', status: 'FAILED', error: 'late' })), 200)
  assert.equal(store.get(id).state, 'done')
  assert.equal(store.get(id).settledAt, settledAt)
})

test('a webhook that is faster than the answer of run is accepted', async () => {
  endpoint.answer = ({ path }) => {
    if (path.endsWith('/run')) {
      void jobs.receive(webhook(completed))
    }
    return null
  }
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(store.get(id).state, 'done')
  assert.equal(store.get(id).endpointJob, 'job-1')
})

test('a webhook with another token, of another job or of none is refused', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  const good = webhook(completed)
  await jobs.submit('bert', { prompt: 'a car' })
  const other = new URL(endpoint.requests[1]!.body.webhook).searchParams.get('token')!
  assert.equal(await jobs.receive({ ...good, token: other }), 403)
  assert.equal(await jobs.receive({ ...good, token: '' }), 403)
  assert.equal(await jobs.receive({ ...good, job: 'doc99' }), 403)
  assert.equal(await jobs.receive({ ...good, job: '' }), 403)
  assert.equal(await jobs.receive(webhook({ ...completed, id: 'job-2' })), 400)
  assert.equal(await jobs.receive({ ...good, body: Buffer.from('no json') }), 400)
  assert.equal(store.get(id).state, 'submitted')
})

test('where workers sign, a webhook needs its token and its signature', async () => {
  jobs = jobsWith('s3cret')
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.receive(webhook(completed)), 403)
  assert.equal(await jobs.receive(webhook(completed, signatureOf(completed, 'other'))), 403)
  assert.equal(await jobs.receive({ ...webhook(completed, signatureOf(completed, 's3cret')), token: 'x' }), 403)
  assert.equal(store.get(id).state, 'submitted')
  jobs = jobsWith(' s3cret\r\n')
  assert.equal(await jobs.receive(webhook(completed, signatureOf(completed, 's3cret'))), 200)
  assert.equal(store.get(id).state, 'done')
})

test('where workers sign and no secret was given, nothing is accepted', async () => {
  jobs = jobsWith('')
  await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.receive(webhook(completed, signatureOf(completed, ''))), 403)
})

test('a webhook of a job that goes on changes nothing', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.receive(webhook({ id: 'job-1', status: 'IN_PROGRESS' })), 200)
  assert.equal(store.get(id).state, 'submitted')
})

test('an endpoint that refuses a job settles it as failed, in its own words where they are for the caller', async () => {
  const answers = [{ status: 400, body: { error: 'input: must be an object' } }, { status: 401, body: { error: 'no such key' } }, { status: 404 }, { status: 429 }]
  for (const answer of answers) {
    endpoint.answer = () => answer
    await assert.rejects(jobs.submit('anna', { prompt: 'a sunset' }), /did not accept/)
  }
  assert.deepEqual(
    [...store.jobs.values()].map(job => [job.state, job.error]),
    [
      ['failed', 'the endpoint did not accept the job (400): input: must be an object'],
      ['failed', 'the endpoint did not accept the job (401)'],
      ['failed', 'the endpoint did not accept the job (404)'],
      ['failed', 'the endpoint did not accept the job (429)'],
    ],
  )
})

test('an endpoint that was never reached settles a job as failed', async () => {
  const closed = endpoint.address
  endpoint.stop()
  for (const base of [closed, 'http://no-such-host.invalid', 'no address', 'ftp://127.0.0.1/', 'http://127.0.0.1:1/']) {
    const unreachable = new Jobs(store, new Endpoint(base, 'rp-key', 2_000), { webhookUrl, webhookSecret: null })
    await assert.rejects(unreachable.submit('anna', { prompt: 'a sunset' }), /could not be reached/, base)
  }
  assert.deepEqual([...store.jobs.values()].map(job => job.state), Array(5).fill('failed'))
})

for (const lost of ['silence', 'break', 'half', { status: 500 }, { status: 502 }, { status: 503 }, { status: 504 }, { status: 200 }] as const) {
  const name = typeof lost === 'string' ? lost : `a ${lost.status} without a word of the job`
  test(`a job whose answer is lost (${name}) stays submitted, and its webhook settles it`, async () => {
    endpoint.answer = () => lost
    jobs = jobsWith(null, 200)
    const id = await jobs.submit('anna', { prompt: 'a sunset' })
    assert.equal(store.get(id).state, 'submitted')
    assert.equal(endpoint.requests.length, 1, 'another try might be another job')
    assert.equal(await jobs.poll(later(PATIENCE)), 0)
    assert.equal(await jobs.receive(webhook(completed)), 200)
    assert.deepEqual(store.get(id).pictures, [{ url }])
  })
}

test('a job of which nobody hears is given up, until its webhook comes after all', async () => {
  endpoint.answer = () => 'break'
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.poll(later(LONGEST_DOUBT)), 1)
  assert.equal(store.get(id).state, 'failed')
  assert.equal(store.get(id).error, 'it is not known whether the endpoint got the job')
  assert.equal(await jobs.receive(webhook(completed)), 200)
  assert.equal(store.get(id).state, 'done')
  assert.deepEqual(store.get(id).pictures, [{ url }])
  assert.equal(store.get(id).error, undefined)
  assert.equal(await jobs.receive(webhook({ id: 'job-1', status: 'FAILED', error: 'late' })), 200)
  assert.equal(store.get(id).state, 'done')
})

test('what the endpoint said itself is for good', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.receive(webhook({ id: 'job-1', status: 'FAILED', error: 'memory ran out' })), 200)
  assert.equal(await jobs.receive(webhook(completed)), 200)
  assert.equal(store.get(id).error, 'memory ran out')
})

test('a job that the endpoint answers with its end is settled at once', async () => {
  endpoint.answer = () => ({ status: 200, body: { id: 'job-1', status: 'FAILED', error: 'promt: is no field of this worker' } })
  const id = await jobs.submit('anna', { promt: 'a sunset' })
  assert.equal(store.get(id).state, 'failed')
  assert.equal(store.get(id).error, 'promt: is no field of this worker')
  assert.equal(store.get(id).endpointJob, 'job-1')
})

test('a job that was accepted is not failed because that could not be written down', async () => {
  store.accepted = async () => {
    throw new Error('the database does not answer')
  }
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(store.get(id).state, 'submitted')
  assert.equal(await jobs.receive(webhook(completed)), 200)
  assert.equal(store.get(id).state, 'done')
})

test('a webhook that cannot be kept is not thanked for', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  const settle = store.settle
  store.settle = async () => {
    throw new Error('the database does not answer')
  }
  await assert.rejects(jobs.receive(webhook(completed)), /does not answer/)
  store.settle = settle
  assert.equal(await jobs.receive(webhook(completed)), 200)
  assert.equal(store.get(id).state, 'done')
})

test('the webhook of a job that goes on tells its name, and polling asks after it', async () => {
  endpoint.answer = () => 'break'
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  assert.equal(await jobs.receive(webhook({ id: 'job-1', status: 'IN_PROGRESS' })), 200)
  endpoint.answer = ({ path }) => (path.endsWith('/status/job-1') ? { status: 200, body: completed } : null)
  assert.equal(await jobs.poll(later(PATIENCE)), 1)
  assert.equal(store.get(id).state, 'done')
})

test('a webhook address that is none is found before there is a document', async () => {
  const strange = new Jobs(store, new Endpoint(endpoint.address, 'rp-key'), { webhookUrl: 'no address', webhookSecret: null })
  await assert.rejects(strange.submit('anna', { prompt: 'a sunset' }), /Invalid URL/)
  assert.equal(store.jobs.size, 0)
  assert.equal(endpoint.requests.length, 0)
})

test('polling goes on where one job cannot be settled', async () => {
  const stuck = await jobs.submit('anna', { prompt: 'a sunset' })
  const other = await jobs.submit('bert', { prompt: 'a car' })
  endpoint.answer = ({ path }) => ({ status: 200, body: { ...completed, id: path.split('/').at(-1) } })
  const settle = store.settle.bind(store)
  store.settle = async (id, outcome, at) => {
    if (id === stuck) {
      throw new Error('the database does not answer')
    }
    return settle(id, outcome, at)
  }
  assert.equal(await jobs.poll(later(PATIENCE)), 1)
  assert.equal(store.get(other).state, 'done')
  assert.equal(store.get(stuck).state, 'submitted')
})

test('polling asks after jobs whose webhook did not come, and leaves young ones alone', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  endpoint.answer = ({ path }) => (path.endsWith('/status/job-1') ? { status: 200, body: completed } : null)
  assert.equal(await jobs.poll(), 0)
  assert.equal(endpoint.requests.length, 1)
  assert.equal(await jobs.poll(new Date(Date.now() + PATIENCE + 1_000)), 1)
  assert.deepEqual(store.get(id).pictures, [{ url }])
  assert.equal(await jobs.receive(webhook(completed)), 200)
  assert.equal(await jobs.poll(new Date(Date.now() + PATIENCE + 1_000)), 0)
})

test('polling outlives an endpoint that is down, and gives a job up after a day', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  const other = await jobs.submit('bert', { prompt: 'a car' })
  endpoint.answer = ({ path }) => (path.endsWith('/job-1') ? { status: 502 } : { status: 200, body: { ...completed, id: 'job-2' } })
  assert.equal(await jobs.poll(new Date(Date.now() + PATIENCE + 1_000)), 1)
  assert.equal(store.get(id).state, 'submitted')
  assert.equal(store.get(other).state, 'done')
  assert.equal(await jobs.poll(new Date(Date.now() + LONGEST_LIFE + 1_000)), 1)
  assert.equal(store.get(id).error, 'the job did not end within a day')
})

test('a job that the endpoint no longer knows has failed', async () => {
  const id = await jobs.submit('anna', { prompt: 'a sunset' })
  endpoint.answer = () => ({ status: 404 })
  assert.equal(await jobs.poll(new Date(Date.now() + PATIENCE + 1_000)), 1)
  assert.equal(store.get(id).error, 'the endpoint no longer knows the job')
})
