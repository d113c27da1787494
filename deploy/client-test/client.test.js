// What RunPod's own client does with their platform, it does with a worker at home.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import runpodSdk from 'runpod-sdk'

const worker = process.env.WORKER ?? 'http://127.0.0.1:8000'
const endpoint = runpodSdk(process.env.API_KEY ?? 'none', { baseUrl: `${worker}/v2` }).endpoint('local')

const circle = { input: { prompt: 'a red circle', seed: 7 } }
// minutes on a CPU, so that it can be caught while it runs
const long = { input: { prompt: 'a sunset over mountains', width: 1024, height: 1024, num_inference_steps: 200 } }

async function until(id, statuses) {
  for (let i = 0; i < 300; i++) {
    const job = await endpoint.status(id)
    if (statuses.includes(job.status)) {
      return job
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail(`job ${id} did not become ${statuses.join(' or ')}`)
}

test('runSync waits for the picture', async () => {
  const job = await endpoint.runSync(circle, 60_000)
  assert.equal(job.status, 'COMPLETED')
  assert.equal(job.succeeded, true)
  assert.equal(typeof job.delayTime, 'number')
  assert.equal(typeof job.executionTime, 'number')
  const [image] = job.output.images
  assert.equal(image.seed, 7)
  const picture = Buffer.from(await (await fetch(image.url)).arrayBuffer())
  assert.equal(picture.subarray(1, 4).toString(), 'PNG')
})

test('a picture is edited by the model that is made for that', async () => {
  const job = await endpoint.runSync({ input: { image: 'images/house.png', prompt: 'make it night', seed: 7 } }, 60_000)
  assert.equal(job.status, 'COMPLETED')
  assert.equal(job.output.model, 'pocket-qwen-edit')
})

test('run answers at once, status tells how far the job is and then its result', async () => {
  const accepted = await endpoint.run(circle)
  assert.equal(accepted.status, 'IN_QUEUE')
  const job = await until(accepted.id, ['COMPLETED'])
  assert.equal(job.completed, true)
  assert.equal(job.output.images.length, 1)
})

test('statusSync waits for a job that run accepted', async () => {
  const { id } = await endpoint.run(circle)
  const job = await endpoint.statusSync(id, 60_000)
  assert.equal(job.status, 'COMPLETED')
  assert.equal(job.id, id)
})

test('stream ends when the job has ended', async () => {
  const { id } = await endpoint.run(circle)
  for await (const piece of endpoint.stream(id, 60_000)) {
    assert.ok('output' in piece)
  }
  assert.equal((await endpoint.status(id)).status, 'COMPLETED')
})

test('a running job is cancelled', async () => {
  const { id } = await endpoint.run(long)
  await until(id, ['IN_PROGRESS'])
  assert.equal((await endpoint.cancel(id)).status, 'CANCELLED')
  const job = await until(id, ['CANCELLED'])
  assert.equal(job.completed, true)
  assert.equal(job.succeeded, false)
})

test('a faulty job fails with a reason that is text', async () => {
  const job = await endpoint.runSync({ input: { prompt: 'a red circle', width: 5 } }, 60_000)
  assert.equal(job.status, 'FAILED')
  assert.equal(job.succeeded, false)
  assert.match(job.error, /width: must be from 64 to 4096, not 5/)
})

test('health counts jobs and workers', async () => {
  const { jobs, workers } = await endpoint.health()
  for (const name of ['completed', 'failed', 'inProgress', 'inQueue', 'retried']) {
    assert.equal(typeof jobs[name], 'number', `jobs.${name}`)
  }
  for (const name of ['idle', 'initializing', 'ready', 'running', 'throttled']) {
    assert.equal(typeof workers[name], 'number', `workers.${name}`)
  }
  assert.ok(jobs.completed >= 1)
})

test('purgeQueue drops jobs that wait and leaves the one that runs', async () => {
  const running = await endpoint.run(long)
  await until(running.id, ['IN_PROGRESS'])
  await endpoint.run(circle)
  await endpoint.run(circle)
  try {
    assert.deepEqual(await endpoint.purgeQueue(), { removed: 2, status: 'completed' })
    assert.equal((await endpoint.status(running.id)).status, 'IN_PROGRESS')
  } finally {
    await endpoint.cancel(running.id)
  }
})
