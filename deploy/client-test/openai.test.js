// What OpenAI's own client does with their images API, it does with a worker at home.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { deflateSync, crc32 as nodeCrc32 } from 'node:zlib'
import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError, toFile } from 'openai'

const worker = process.env.WORKER ?? 'http://127.0.0.1:8000'
const client = new OpenAI({ baseURL: `${worker}/v1`, apiKey: process.env.API_KEY ?? 'none', maxRetries: 0 })

const example = name => new URL(`../../test-payloads/images/${name}.png`, import.meta.url)
const picture = name => toFile(readFileSync(example(name)), `${name}.png`, { type: 'image/png' })
// minutes on a CPU, so that it can be caught while it runs
const long = { prompt: 'a sunset over mountains', size: '1024x1024', num_inference_steps: 200 }

const bytes = ({ b64_json }) => Buffer.from(b64_json, 'base64')
const isPng = file => file.subarray(1, 4).toString() === 'PNG'
const isJpeg = file => file.readUInt16BE(0) === 0xffd8

/** The file of a job's first picture, through RunPod's door. */
async function runsync(input) {
  const answer = await fetch(`${worker}/runsync`, { method: 'POST', body: JSON.stringify({ input: { return: 'base64', ...input } }) })
  const { output, error } = await answer.json()
  return Buffer.from(output?.images[0].image ?? assert.fail(error), 'base64')
}

const crc32 = nodeCrc32 ?? (data => {
  let crc = ~0
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
    }
  }
  return ~crc >>> 0
})

/** A PNG file of 64 × 64 pixels, with the level of red, green, blue and alpha that a function gives. */
function png(pixel) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const around = Buffer.alloc(8)
    around.writeUInt32BE(data.length, 0)
    around.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)])
  }
  const rows = Array.from({ length: 64 }, (_, y) => [0, ...Array.from({ length: 64 }, (_, x) => pixel(x, y)).flat()]).flat()
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 6, 0, 0, 0])
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from(rows))), chunk('IEND', Buffer.alloc(0))])
}

async function idle() {
  for (let i = 0; i < 600; i++) {
    const { jobs } = await (await fetch(`${worker}/health`)).json()
    if (jobs.inProgress + jobs.inQueue === 0) {
      return
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail('the job goes on')
}

async function busy() {
  for (let i = 0; i < 600; i++) {
    if ((await (await fetch(`${worker}/health`)).json()).jobs.inProgress > 0) {
      return
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail('no job runs')
}

test('models are listed, the default first', async () => {
  const { data } = await client.models.list()
  assert.equal(data[0].id, 'pocket-flux')
  assert.equal((await client.models.retrieve('pocket-flux')).object, 'model')
  await assert.rejects(client.models.retrieve('none'), error => error instanceof NotFoundError && error.code === 'model_not_found')
})

test('pictures are drawn, the same as through the other door', async () => {
  const drawn = await client.images.generate({ prompt: 'a red circle', n: 2, size: '128x96', seed: 7, output_format: 'png', quality: 'auto', moderation: 'auto' })
  assert.equal(drawn.data.length, 2)
  assert.equal(drawn.size, '128x96')
  assert.equal(drawn.output_format, 'png')
  assert.equal(drawn.background, 'opaque')
  assert.equal(drawn.usage.total_tokens, drawn.usage.output_tokens)
  assert.match(drawn.notes.join(), /moderation/)
  assert.deepEqual(drawn.data.map(image => image.seed), [7, 8])
  const [first] = drawn.data
  assert.ok(isPng(bytes(first)))
  const alone = await client.images.generate({ prompt: 'a red circle', size: '128x96', seed: 7 })
  assert.deepEqual(bytes(alone.data[0]), await runsync({ prompt: 'a red circle', size: '128x96', seed: 7 }))
})

test('an address is answered where one is asked for', async () => {
  const { data } = await client.images.generate({ prompt: 'a red circle', response_format: 'url', output_format: 'webp', output_compression: 50, seed: 7 })
  assert.match(data[0].url, /\.webp$/)
  assert.equal((await (await fetch(data[0].url)).arrayBuffer()).byteLength > 100, true)
})

test('a picture is edited, the same as through the other door', async () => {
  const edited = await client.images.edit({ image: await picture('house'), prompt: 'make it night', seed: 7 })
  assert.equal(edited.model, 'pocket-qwen-edit')
  assert.deepEqual(bytes(edited.data[0]), await runsync({ image: 'images/house.png', prompt: 'make it night', seed: 7 }))
})

test('several pictures are edited', async () => {
  const images = ['house', 'lake-wide']
  const edited = await client.images.edit({ image: await Promise.all(images.map(picture)), prompt: 'make it night', seed: 7 })
  assert.equal(edited.size, '160x96')
  assert.deepEqual(bytes(edited.data[0]), await runsync({ images: images.map(name => `images/${name}.png`), prompt: 'make it night', seed: 7 }))
})

test('what a mask has transparent is painted anew, as what is white in a mask of the other door', async () => {
  const isHole = (x, y) => x >= 16 && x < 40 && y >= 20 && y < 52
  const image = png((x, y) => [4 * x, 4 * y, 128, 255])
  const hole = png((x, y) => [4 * x, 4 * y, 128, isHole(x, y) ? 0 : 255])
  const white = png((x, y) => (isHole(x, y) ? [255, 255, 255, 255] : [0, 0, 0, 255]))
  const asked = { prompt: 'a hat', seed: 7, num_inference_steps: 2 }

  const edited = await client.images.edit({ ...asked, image: await toFile(image, 'a.png'), mask: await toFile(hole, 'm.png') })
  assert.equal(edited.model, 'tiny-fill')
  assert.deepEqual(bytes(edited.data[0]), await runsync({ ...asked, image: image.toString('base64'), mask: white.toString('base64') }))

  const opaque = client.images.edit({ ...asked, image: await toFile(image, 'a.png'), mask: await toFile(white, 'm.png') })
  await assert.rejects(opaque, error => error instanceof BadRequestError && error.param === 'mask' && /transparent where to paint/.test(error.message))
})

test('a stream shows partial pictures and then the picture', async () => {
  const events = []
  for await (const event of await client.images.generate({ prompt: 'a red circle', seed: 7, stream: true, partial_images: 3, num_inference_steps: 8 })) {
    events.push(event)
  }
  const last = events.pop()
  assert.equal(last.type, 'image_generation.completed')
  assert.equal(last.usage.total_tokens > 0, true)
  assert.deepEqual(bytes(last), await runsync({ prompt: 'a red circle', seed: 7, num_inference_steps: 8 }))
  assert.ok(events.length > 0 && events.length <= 3)
  events.forEach((event, index) => {
    assert.equal(event.type, 'image_generation.partial_image')
    assert.equal(event.partial_image_index, index)
    assert.equal(event.output_format, 'jpeg')
    assert.ok(isJpeg(bytes(event)))
  })
})

test('an edit streams too', async () => {
  const types = []
  const stream = await client.images.edit({ image: await picture('house'), prompt: 'make it night', seed: 7, stream: true, partial_images: 2 })
  for await (const event of stream) {
    types.push(event.type)
    assert.ok(bytes(event).length > 100)
  }
  assert.equal(types.pop(), 'image_edit.completed')
  assert.deepEqual([...new Set(types)], ['image_edit.partial_image'])
})

test('an error names the field, in the class that the client has for it', async () => {
  const refused = [
    [{ n: 11 }, 'n', 'invalid_value'],
    [{ size: '5x5' }, 'size', 'invalid_value'],
    [{ background: 'transparent' }, 'background', 'invalid_value'],
    [{ partial_images: 4, stream: true }, 'partial_images', 'invalid_value'],
    [{ stepz: 4 }, 'stepz', 'unknown_parameter'],
    [{ prompt: undefined }, 'prompt', 'missing_required_parameter'],
  ]
  for (const [fields, param, code] of refused) {
    await assert.rejects(client.images.generate({ prompt: 'a', ...fields }), error => {
      assert.ok(error instanceof BadRequestError)
      assert.equal(error.status, 400)
      assert.equal(error.type, 'invalid_request_error')
      assert.equal(error.param, param)
      assert.equal(error.code, code)
      return true
    })
  }
  await assert.rejects(client.images.generate({ prompt: 'a', model: 'gpt-image-1' }), error => {
    assert.ok(error instanceof NotFoundError)
    assert.equal(error.code, 'model_not_found')
    assert.match(error.message, /pocket-flux/)
    return true
  })
  await assert.rejects(client.images.edit({ image: await toFile(Buffer.from('no picture'), 'a.png'), prompt: 'a' }), error => error.param === 'image')
})

test('an error in mid-stream is thrown', async () => {
  const stream = await client.images.edit({ image: await toFile(Buffer.from('no picture'), 'a.png'), prompt: 'a', stream: true })
  await assert.rejects(async () => {
    for await (const event of stream) {
      assert.fail(event.type)
    }
  }, error => error instanceof OpenAI.APIError && error.param === 'image')
})

test('aborting a call cancels the job', async () => {
  const abort = new AbortController()
  const call = client.images.generate(long, { signal: abort.signal })
  await busy()
  abort.abort()
  await assert.rejects(call, error => error instanceof APIUserAbortError)
  await idle()
})

test('leaving a stream cancels the job', async () => {
  const stream = await client.images.generate({ ...long, stream: true, partial_images: 3 })
  await busy()
  stream.controller.abort()
  for await (const event of stream) {
    assert.equal(event.type, 'image_generation.partial_image')
  }
  await idle()
})
