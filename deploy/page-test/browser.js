// A browser, its pages, and what must never happen on any of them: a request to elsewhere, a breach of the page's policy, an error in a script.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import { chromium } from 'playwright-core'

export const URL_OF_WORKER = process.env.DARKROOM_URL
export const KEY = process.env.PAGE_TEST_KEY
export const TARGET = new URL('target/', import.meta.url).pathname
const PATIENCE = 120_000

export const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
}

/** Starts Chromium, Debian's or the one that CHROMIUM names. */
export const launch = async () => {
  await mkdir(TARGET, { recursive: true })
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
}

/** Opens a page in a window of its own, as somebody who knows the key unless `options.key` is false. */
export async function open(browser, path = '/', { key = true, size = SIZES.desktop, scheme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: size, colorScheme: scheme, acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] })
  context.setDefaultTimeout(PATIENCE)
  if (key) await context.addInitScript(value => sessionStorage.setItem('darkroom.key', value), KEY)
  const page = await context.newPage()
  const complaints = []
  page.on('console', message => {
    // what the browser itself says of a status that the page deals with
    if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('request', request => {
    const { origin, protocol, search } = new URL(request.url())
    if (!['data:', 'blob:'].includes(protocol) && origin !== URL_OF_WORKER) complaints.push(`a request to ${request.url()}`)
    if (search.includes(KEY) || request.url().includes(KEY)) complaints.push('the key stands in an address')
  })
  await page.goto(URL_OF_WORKER + path)
  return { page, close: async () => {
    await context.close()
    assert.deepEqual(complaints, [])
  } }
}

/** Checks a page with axe, by the rules of WCAG 2.2 AA and good practice. */
export async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  assert.deepEqual(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.target + ' ' + node.failureSummary).join(', ')}`), [])
}

/** Waits until the worker is there and the form knows what it can do. */
export const ready = page => page.locator('#worker[data-state=ready]').waitFor()

/** Draws what the form asks for, and waits for the picture. */
export async function draw(page, prompt) {
  await ready(page)
  if (prompt) await page.getByLabel('Prompt', { exact: true }).fill(prompt)
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await page.locator('#shown .picture').waitFor()
}

/** The mean colour of what the page shows of an image: red, green, blue. */
export const colour = image => image.evaluate(async element => {
  await element.decode()
  const canvas = new OffscreenCanvas(1, 1)
  canvas.getContext('2d').drawImage(element, 0, 0, 1, 1)
  return [...canvas.getContext('2d').getImageData(0, 0, 1, 1).data].slice(0, 3)
})

/** Whether something is as wide as the window: a page that scrolls sideways is none for a phone. */
export const overflows = page => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
