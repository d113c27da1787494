// What the official client of the Model Context Protocol does, it does with a worker at home.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const worker = process.env.WORKER ?? 'http://127.0.0.1:8000'
const address = new URL(`${worker}/mcp`)
const transport = new StreamableHTTPClientTransport(address)
const client = new Client({ name: 'client-test', version: '1' })
const patience = { timeout: 300_000 }
// minutes on a CPU, so that it can be caught while it runs
const long = { prompt: 'a sunset over mountains', size: '1024x1024', num_inference_steps: 200 }

before(() => client.connect(transport))
after(async () => {
  await transport.terminateSession()
  await client.close()
})

const call = (name, args, options = {}) => client.callTool({ name, arguments: args }, undefined, { ...patience, ...options })
const of = (answer, type) => answer.content.filter(part => part.type === type)
const file = answer => Buffer.from(of(answer, 'image')[0].data, 'base64')
const example = name => readFileSync(new URL(`../../test-payloads/images/${name}.png`, import.meta.url)).toString('base64')

/** The file of a job's first picture, through RunPod's door. */
async function runsync(input) {
  const answer = await fetch(`${worker}/runsync`, { method: 'POST', body: JSON.stringify({ input: { return: 'base64', ...input } }) })
  const { output, error } = await answer.json()
  return Buffer.from(output?.images[0].image ?? assert.fail(error), 'base64')
}

async function until(condition) {
  for (let i = 0; i < 1200; i++) {
    if (condition((await (await fetch(`${worker}/health`)).json()).jobs)) {
      return
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail('the jobs stay as they are')
}

const idle = () => until(jobs => jobs.inProgress + jobs.inQueue === 0)
const busy = () => until(jobs => jobs.inProgress > 0)

test('tools are listed with the fields of a job', async () => {
  const { tools } = await client.listTools()
  const [edit, generate, models] = tools.sort((a, b) => a.name.localeCompare(b.name))
  assert.deepEqual([edit.name, generate.name, models.name], ['edit_image', 'generate_image', 'list_models'])
  assert.equal(generate.inputSchema.type, 'object')
  assert.equal(generate.inputSchema.properties.num_inference_steps.minimum, 1)
  assert.equal(generate.inputSchema.properties.image, undefined)
  assert.deepEqual(generate.inputSchema.properties.output_format.enum, ['png', 'jpeg', 'webp'])
  assert.ok(edit.inputSchema.properties.image && edit.inputSchema.properties.mask)
})

test('models are listed, the default first', async () => {
  const { structuredContent, content } = await call('list_models', {})
  assert.equal(structuredContent.models[0].name, 'pocket-flux')
  assert.ok(structuredContent.models[0].can.includes('text to image'))
  assert.deepEqual(JSON.parse(content[0].text), structuredContent)
})

test('a picture comes as an image and as a link, the same as through another door', async () => {
  const input = { prompt: 'a red circle', seed: 7, size: '256x256', num_inference_steps: 2 }
  const answer = await call('generate_image', input)
  assert.ok(!answer.isError, JSON.stringify(answer.content))
  assert.equal(of(answer, 'image')[0].mimeType, 'image/jpeg')
  assert.match(of(answer, 'text')[0].text, /^Drawn by pocket-flux: 256x256 \(seed 7\)/)
  assert.equal(answer.structuredContent.images[0].seed, 7)
  const link = of(answer, 'resource_link')[0]
  const linked = Buffer.from(await (await fetch(link.uri)).arrayBuffer())
  assert.ok(linked.equals(file(answer)))
  assert.equal(link.size, linked.length)
  assert.ok(linked.equals(await runsync({ ...input, output_format: 'jpeg' })))
})

test('a picture in the format that was asked for has the bytes that /runsync gives', async () => {
  const input = { prompt: 'a red circle', seed: 7, size: '256x256', num_inference_steps: 2, output_format: 'png', return: 'base64' }
  const answer = await call('generate_image', input)
  assert.equal(of(answer, 'image')[0].mimeType, 'image/png')
  assert.equal(of(answer, 'resource_link').length, 0)
  assert.ok(file(answer).equals(await runsync(input)))
})

test('a picture is edited', async () => {
  const input = { prompt: 'make the apple green', image: example('apple'), model: 'pocket-qwen-edit', seed: 3, num_inference_steps: 1 }
  const answer = await call('edit_image', input)
  assert.ok(!answer.isError, JSON.stringify(answer.content))
  assert.ok(file(answer).equals(await runsync({ ...input, output_format: 'jpeg' })))
})

test('steps are told while a picture is drawn', async () => {
  const heard = []
  await call('generate_image', { prompt: 'a red circle', size: '512x512', num_inference_steps: 30 }, { onprogress: progress => heard.push(progress) })
  assert.ok(heard.length > 0)
  assert.equal(heard[0].total, 30)
  heard.slice(1).forEach((progress, i) => assert.ok(progress.progress > heard[i].progress))
})

test('cancelling a call cancels its job', async () => {
  const abort = new AbortController()
  const answer = call('generate_image', long, { signal: abort.signal })
  await busy()
  abort.abort()
  await assert.rejects(answer)
  await idle()
})

test('a job whose caller has gone is not drawn to its end', async () => {
  const other = new Client({ name: 'gone', version: '1' })
  const gone = new AbortController()
  await other.connect(new StreamableHTTPClientTransport(address, { fetch: (url, init) => fetch(url, { ...init, signal: gone.signal }) }))
  const answer = other.callTool({ name: 'generate_image', arguments: long }, undefined, patience).catch(() => {})
  await busy()
  gone.abort()
  await idle()
  await other.close()
  await answer
})

test('faults are told by the field', async () => {
  const wrong = await call('generate_image', { prompt: 'a', num_inference_steps: 0 })
  assert.equal(wrong.isError, true)
  assert.match(wrong.content[0].text, /^num_inference_steps: must be from 1 to /)
  assert.match((await call('generate_image', { prompt: 'a', stepz: 2 })).content[0].text, /stepz: is no field of this worker; did you mean steps\?/)
  assert.match((await call('generate_image', { prompt: 'a', image: 'x' })).content[0].text, /^image: is a field of edit_image/)
  assert.match((await call('edit_image', { prompt: 'a' })).content[0].text, /^image: is missing/)
  assert.match((await call('generate_image', {})).content[0].text, /^prompt: is missing/)
})

test('nothing but initialize begins a session, and the older transport is closed', async () => {
  const headers = { Accept: 'application/json, text/event-stream', 'Content-Type': 'application/json' }
  const post = (body, more = {}) => fetch(address, { method: 'POST', headers: { ...headers, ...more }, body })
  const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
  assert.equal((await post(list)).status, 400)
  assert.equal((await post(`[${list}]`)).status, 400)
  assert.equal((await post('{', { 'Mcp-Session-Id': transport.sessionId })).status, 400)
  assert.equal((await post(list, { 'Mcp-Session-Id': 'nobody' })).status, 404)
  assert.equal((await fetch(address, { headers })).status, 405)
  for (const path of ['/sse', '/messages/x']) {
    assert.equal((await fetch(`${address}${path}`, { headers })).status, 404)
  }
  const foreign = await post(list, { Origin: 'https://elsewhere.example' })
  assert.equal(foreign.status, 403)
})
