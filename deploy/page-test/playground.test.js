// The playground as people use it. Needs a worker with a key at DARKROOM_URL: see run.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { accessible, colour, draw, KEY, launch, open, overflows, ready, SIZES, TARGET, URL_OF_WORKER } from './browser.js'

const shell = promisify(execFile)
const HOUSE = new URL('../../test-payloads/images/house.png', import.meta.url).pathname
const authorization = { Authorization: `Bearer ${KEY}` }
const health = async () => (await fetch(`${URL_OF_WORKER}/health`, { headers: authorization })).json()
let browser

before(async () => { browser = await launch() })
after(() => browser?.close())

test('a picture is drawn, kept over a reload, repeated, taken along and deleted', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.getByRole('textbox', { name: 'Seed' }).fill('3')
  await page.getByLabel('Style').selectOption('cinematic')
  await draw(page, 'a red circle on a white background')
  const picture = page.locator('#shown .picture img')
  const [red, green] = await colour(picture)
  assert.ok(red > green, `${red} ${green}`)
  assert.match(await page.locator('.facts').innerText(), /cinematic[\s\S]*pocket-flux[\s\S]*3[\s\S]*128 × 128/)
  assert.equal(await page.locator('#live').innerText(), 'The picture is there')
  await page.screenshot({ path: `${TARGET}drawn.png`, fullPage: true })

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()])
  assert.equal(download.suggestedFilename(), 'darkroom-3.png')
  const drawn = await readFile(await download.path())

  await page.getByRole('button', { name: 'Copy curl' }).click()
  const curl = await page.evaluate(() => navigator.clipboard.readText())
  assert.ok(!curl.includes(KEY), 'the key is copied')
  const { stdout } = await shell('sh', ['-c', curl.replace('/runsync', '/runsync').replace('"input":{', '"input":{"return":"base64",')], { env: { ...process.env, DARKROOM_HTTP_API_KEY: KEY }, maxBuffer: 1 << 24 })
  assert.deepEqual(Buffer.from(JSON.parse(stdout).output.images[0].image, 'base64'), drawn)

  await page.getByRole('button', { name: 'Copy JSON' }).click()
  assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), { input: { prompt: 'a red circle on a white background', style: 'cinematic', seed: 3 } })

  await page.reload()
  await ready(page)
  assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), 'a red circle on a white background')
  assert.equal(await page.getByLabel('Style').inputValue(), 'cinematic')
  await page.getByRole('button', { name: 'a red circle on a white background, seed 3' }).click()
  await page.getByRole('button', { name: 'Repeat with this seed' }).click()
  await draw(page)
  assert.equal(await page.locator('#gallery img').count(), 2)

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.locator('#gallery li').nth(1).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Empty it' }).click()
  await page.getByRole('heading', { name: 'What shall it be?' }).waitFor()
  await close()
})

test('the copied OpenAI call draws the same picture', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.getByRole('textbox', { name: 'Seed' }).fill('4')
  await draw(page, "a snowy mountain, not 'flat'")
  await page.getByRole('button', { name: 'Copy OpenAI call' }).click()
  const program = await page.evaluate(() => navigator.clipboard.readText())
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()])
  const { stdout } = await shell('node', ['--input-type=module', '-e', `${program}\nconsole.log(data[0].b64_json)`], { env: { ...process.env, DARKROOM_HTTP_API_KEY: KEY }, cwd: new URL('.', import.meta.url).pathname, maxBuffer: 1 << 24 })
  assert.deepEqual(Buffer.from(stdout, 'base64'), await readFile(await download.path()))
  await close()
})

test('a job shows how far it is, with previews, is found again after a reload, and ends when it is cancelled', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.getByLabel('Steps').fill('200')
  await page.getByLabel('How many').fill('10')
  await page.getByLabel('Prompt', { exact: true }).fill('a green forest')
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await page.locator('#preview img').first().waitFor()
  assert.match(await page.locator('#how-far').innerText(), /Step \d+ of 2000/)
  assert.ok(await page.getByRole('button', { name: 'Drawing…' }).isDisabled())
  await page.screenshot({ path: `${TARGET}running.png` })

  await page.reload()
  await page.locator('#preview img').first().waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Draw', exact: true }).waitFor()
  assert.ok(await page.locator('#running').isHidden())
  const { jobs } = await health()
  assert.equal(jobs.inProgress + jobs.inQueue, 0)
  await close()
})

test('a picture is edited, compared with what it was, and used again', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.locator('#file').setInputFiles(HOUSE)
  await page.getByAltText('Picture 1').waitFor()
  await page.getByRole('textbox', { name: 'Seed' }).fill('5')
  await draw(page, 'make it night')
  assert.match(await page.locator('.facts').innerText(), /pocket-qwen-edit/)
  await page.getByRole('button', { name: 'Before / after' }).click()
  const day = await colour(page.getByAltText('Before'))
  const night = await colour(page.getByAltText('After'))
  assert.ok(day[0] + day[1] + day[2] > night[0] + night[1] + night[2] + 60, `${day} ${night}`)
  await page.getByLabel('Where the picture before ends').press('Home')
  await accessible(page)
  await page.screenshot({ path: `${TARGET}before-after.png`, fullPage: true })

  await page.getByRole('button', { name: 'Use as input' }).click()
  assert.equal(await page.locator('#inputs li').count(), 2)
  await page.getByText('Made by Darkroom from “make it night”').waitFor()
  await page.getByLabel('Prompt', { exact: true }).fill('something else')
  await page.getByRole('button', { name: 'Use its settings' }).click()
  assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), 'make it night')
  assert.equal(await page.getByRole('textbox', { name: 'Seed' }).inputValue(), '5')
  await page.reload()
  await page.getByAltText('Picture 2').waitFor()
  await page.getByRole('button', { name: /^Remove/ }).first().click()
  assert.equal(await page.locator('#inputs li').count(), 1)
  await close()
})

test('pictures can be pasted and dropped, and what is none is told where it was put', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  const house = (await readFile(HOUSE)).toString('base64')
  await page.evaluate(async ([file, kinds]) => {
    const bytes = Uint8Array.from(atob(file), one => one.charCodeAt(0))
    for (const kind of kinds) {
      const data = new DataTransfer()
      data.items.add(new File([bytes], `${kind}.png`, { type: 'image/png' }))
      dispatchEvent(kind === 'paste' ? new ClipboardEvent('paste', { clipboardData: data }) : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    }
  }, [house, ['paste', 'drop']])
  await page.getByAltText('Picture 2').waitFor()
  await page.locator('#file').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
  assert.match(await page.locator('#images-field .error').innerText(), /No picture: notes.txt/)
  await close()
})

test('a mask is painted with a pointer and by rectangles', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.locator('#file').setInputFiles(HOUSE)
  await page.getByAltText('Picture 1').waitFor()
  if (await page.getByRole('button', { name: 'Paint a mask' }).count() === 0) {
    // none of the embedded models fills: the dialog is opened as the button would
    await page.evaluate(async () => {
      const { paint } = await import('/page/mask.js')
      const canvas = new OffscreenCanvas(128, 128)
      canvas.getContext('2d').drawImage(document.querySelector('#inputs img'), 0, 0, 128, 128)
      const blob = await canvas.convertToBlob()
      globalThis.painted = paint(blob, null).then(async mask => {
        const image = await createImageBitmap(mask)
        const canvas = new OffscreenCanvas(image.width, image.height)
        canvas.getContext('2d').drawImage(image, 0, 0)
        const { data } = canvas.getContext('2d').getImageData(0, 0, image.width, image.height)
        const level = (x, y) => data[4 * (Math.floor(y * image.height) * image.width + Math.floor(x * image.width))]
        return { type: mask.type, corner: level(0.02, 0.02), stroke: level(0.1, 0.1), middle: level(0.5, 0.5) }
      })
    })
  }
  const canvas = page.getByLabel(/The picture; paint/)
  await canvas.waitFor()
  await accessible(page)
  const box = await canvas.boundingBox()
  await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.1)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.15, box.y + box.height * 0.1, { steps: 3 })
  await page.mouse.up()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.screenshot({ path: `${TARGET}mask.png` })
  await page.getByRole('button', { name: 'Use mask' }).click()
  assert.deepEqual(await page.evaluate(() => globalThis.painted), { type: 'image/png', corner: 0, stroke: 255, middle: 255 })
  await close()
})

test('faults stand at their fields, and the first of them is where the reader is put', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await page.locator('#prompt-error').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.id), 'prompt')
  await page.getByLabel('Prompt', { exact: true }).fill('a circle')
  await page.getByLabel('Steps').fill('9999')
  await page.getByText('More settings').click()
  await page.getByLabel('True CFG scale').fill('3')
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  assert.match(await page.locator('#num_inference_steps-error').innerText(), /must be from 1 to 200/i)
  await page.getByLabel('Steps').fill('2')
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await page.locator('#true_cfg_scale-error').waitFor()
  assert.equal(await page.locator('#num_inference_steps-error').count(), 0)
  assert.equal(await page.getByLabel('True CFG scale').getAttribute('aria-describedby'), 'true_cfg_scale-error')
  await accessible(page)
  await page.screenshot({ path: `${TARGET}faults.png`, fullPage: true })
  await close()
})

test('the key is asked for, kept for the tab alone, and in no address', async () => {
  const { page, close } = await open(browser, '/', { key: false })
  const dialog = page.getByRole('dialog', { name: 'API key' })
  await dialog.waitFor()
  await accessible(page)
  await page.getByLabel('Key', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Use it' }).click()
  await page.getByText('This key is not the worker’s.').waitFor()
  await page.getByLabel('Key', { exact: true }).fill(KEY)
  await page.getByRole('button', { name: 'Use it' }).click()
  await draw(page, 'a blue square')
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage })), await page.evaluate(key => JSON.stringify({ ...localStorage }).replace(key, ''), KEY))
  assert.equal(page.url(), `${URL_OF_WORKER}/`)
  await close()
})

test('a worker that goes away is told', async () => {
  const { page, close } = await open(browser)
  await ready(page)
  await page.context().setOffline(true)
  await page.locator('#worker[data-state=away]').waitFor()
  await page.getByLabel('Prompt', { exact: true }).fill('a circle')
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await page.getByText('The worker does not answer. Is it running?').waitFor()
  await page.context().setOffline(false)
  await ready(page)
  await close()
})

for (const [name, size] of Object.entries(SIZES)) {
  for (const scheme of ['light', 'dark']) {
    test(`it is for everybody: ${name}, ${scheme}`, async () => {
      const { page, close } = await open(browser, '/', { size, scheme })
      await ready(page)
      await accessible(page)
      await page.screenshot({ path: `${TARGET}${name}-${scheme}-empty.png` })
      await page.getByRole('button', { name: 'a sunset over mountains' }).click()
      await page.locator('#shown .picture').waitFor()
      await page.getByText('More settings').click()
      await accessible(page)
      assert.equal(await overflows(page), false)
      await page.screenshot({ path: `${TARGET}${name}-${scheme}.png`, fullPage: true })
      await close()
    })
  }
}

test('by the keyboard alone, and narrow as a magnified phone', async () => {
  const { page, close } = await open(browser, '/', { size: { width: 320, height: 600 } })
  await ready(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'prompt')
  await page.keyboard.type('a sunflower')
  await page.keyboard.press('Control+Enter')
  await page.locator('#shown .picture').waitFor()
  assert.equal(await overflows(page), false)
  await close()
})
