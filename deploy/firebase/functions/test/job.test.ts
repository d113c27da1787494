import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf } from '../src/job.js'

test('a completed job is where its pictures are', () => {
  const image = { url: 'https://bucket.example/a.png', format: 'png', width: 128, height: 64, seed: 7 }
  assert.deepEqual(outcomeOf({ status: 'COMPLETED', output: { images: [image] } }), { state: 'done', pictures: [image] })
})

test('a film is kept with its frames and its poster, also of a job that was cancelled', () => {
  const poster = { url: 'https://bucket.example/a.jpg', format: 'jpeg', width: 128, height: 64 }
  const film = { url: 'https://bucket.example/a.mp4', format: 'mp4', width: 128, height: 64, seed: 7, frames: 12, fps: 7.5, poster }
  for (const status of ['COMPLETED', 'CANCELLED']) {
    assert.deepEqual(outcomeOf({ status, output: { images: [film] } }), { state: 'done', pictures: [film] })
  }
})

test('a signed address is kept with its end', () => {
  const kept = (url: string) => outcomeOf({ status: 'COMPLETED', output: { images: [{ url }] } }) as { pictures: unknown[] }
  const signed = 'https://bucket.example/a.png?X-Amz-Date=20251230T235959Z&X-Amz-Expires=604800&X-Amz-Signature=0'
  assert.deepEqual(kept(signed).pictures, [{ url: signed, expires: new Date('2026-01-06T23:59:59Z') }])
  for (const url of ['https://bucket.example/a.png?X-Amz-Date=today&X-Amz-Expires=9', 'https://bucket.example/a.png?X-Amz-Expires=9', 'https://[']) {
    assert.deepEqual(kept(url).pictures, [{ url }])
  }
})

test('of a batch the pictures that were made are kept', () => {
  const output = { images: [{ url: 'https://bucket.example/a.png' }, { error: 'out of memory' }] }
  assert.deepEqual(outcomeOf({ status: 'COMPLETED', output }), { state: 'done', pictures: [{ url: 'https://bucket.example/a.png' }] })
})

test('a picture that came inline, or as what is no web address, is not kept', () => {
  for (const image of [{ image: 'aGVsbG8=' }, { url: 'javascript:alert(1)' }, null, 'x']) {
    assert.equal(outcomeOf({ status: 'COMPLETED', output: { images: [image] } })?.state, 'failed')
  }
  assert.equal(outcomeOf({ status: 'COMPLETED' })?.state, 'failed')
})

test('an ended job without a picture has failed, with the reason given', () => {
  assert.deepEqual(outcomeOf({ status: 'FAILED', error: 'prompt: is missing' }), { state: 'failed', error: 'prompt: is missing' })
  for (const status of ['CANCELLED', 'TIMED_OUT']) {
    assert.deepEqual(outcomeOf({ status }), { state: 'failed', error: `the endpoint says ${status}` })
  }
  assert.equal((outcomeOf({ status: 'FAILED', error: 'x'.repeat(1_000_000) }) as { error: string }).error.length, 2_000)
})

test('a job that goes on is not settled', () => {
  for (const status of ['IN_QUEUE', 'IN_PROGRESS', 'RUNNING', undefined]) {
    assert.equal(outcomeOf({ status }), null)
  }
  assert.equal(outcomeOf(null), null)
  assert.equal(outcomeOf('COMPLETED'), null)
})
