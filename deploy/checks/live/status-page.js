// The status page of a running worker, in a browser. Needs DARKROOM_URL, and Chromium: CHROMIUM, or one of the usual names.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const worker = process.env.DARKROOM_URL
const browser = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome']
  .find(name => name && spawnSync(name, ['--version']).status === 0)

test('a browser shows the models with their licences, and the last job with its phases', { skip: browser ? false : 'Chromium is not here' }, async () => {
  const answer = await fetch(`${worker}/runsync`, { method: 'POST', body: JSON.stringify({ input: { prompt: 'a very secret circle', seed: 7 } }) })
  const { id, status } = await answer.json()
  assert.equal(status, 'COMPLETED')
  const { models } = await (await fetch(`${worker}/status`)).json()

  const shown = spawnSync(browser, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--enable-logging=stderr',
    '--virtual-time-budget=10000', '--dump-dom', `${worker}/v2/local/status`], { encoding: 'utf8', timeout: 180_000 })

  const page = shown.stdout
  assert.match(page, /<main id="status">/, shown.stderr)
  for (const { name, license } of models) {
    assert.ok(page.includes(`<h3>${name}`), name)
    assert.ok(page.includes(`Licence: ${license.name}`), license.name)
  }
  const row = page.split('<tr>').find(one => one.includes(id))
  assert.ok(row, 'the last job')
  assert.match(row, /<div class="bar" role="img" aria-label="[^"]*denoising \d/)
  assert.match(row, /class="phase-denoise" title="denoising: [^"]*" style="flex-grow: \d+;"/)
  assert.ok(!page.includes('secret'))
  assert.doesNotMatch(shown.stderr, /CONSOLE.*(Refused|Error|violat)/i)
})
