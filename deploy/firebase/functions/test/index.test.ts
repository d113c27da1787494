import assert from 'node:assert/strict'
import { test } from 'node:test'

process.env.FIREBASE_CONFIG = JSON.stringify({ projectId: 'demo-darkroom' })
const functions = await import('../src/index.js')

test('three functions are deployed, with the secrets that they read', () => {
  assert.deepEqual(Object.keys(functions).sort(), ['darkroomPoll', 'darkroomSubmit', 'darkroomWebhook'])
  for (const { __endpoint } of Object.values(functions)) {
    assert.deepEqual(__endpoint.secretEnvironmentVariables?.map(({ key }) => key), ['DARKROOM_API_KEY', 'DARKROOM_WEBHOOK_SECRET'])
  }
  assert.ok(functions.darkroomSubmit.__endpoint.callableTrigger)
  assert.ok(functions.darkroomWebhook.__endpoint.httpsTrigger)
  assert.equal(functions.darkroomPoll.__endpoint.scheduleTrigger?.schedule, 'every 5 minutes')
})

test('a caller who is not signed in, or brings no input, is refused before anything else', async () => {
  const call = (request: object) => functions.darkroomSubmit.run({ rawRequest: {}, acceptsStreaming: false, ...request } as never)
  await assert.rejects(async () => call({ data: { input: { prompt: 'a car' } } }), { code: 'unauthenticated' })
  const auth = { uid: 'anna', token: {}, rawToken: '' }
  for (const data of [{}, null, { input: 'a car' }, { input: [] }]) {
    await assert.rejects(async () => call({ auth, data }), { code: 'invalid-argument' })
  }
})
