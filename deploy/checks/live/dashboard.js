// The dashboard against a running worker: every name that a query has is one of its metrics. Needs DARKROOM_URL; see ../with-worker.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, text } from '../files.js'

/** What only a worker with a card has, and where the source names it. */
const OF_CARDS = {
  darkroom_gpu_free_bytes: ['Serving.java', 'darkroom.gpu.free.bytes'],
  darkroom_gpu_total_bytes: ['Serving.java', 'darkroom.gpu.total.bytes'],
  darkroom_memory_device_least_free_bytes: ['MemoryMetrics.java', 'device.least.free'],
}

const queries = json('deploy/compose/monitoring/darkroom.json').panels.flatMap(panel => panel.targets.map(target => target.expr))
const worker = process.env.DARKROOM_URL

test('every query of the dashboard asks for metrics and labels that the worker has', async () => {
  const job = await fetch(`${worker}/runsync`, { method: 'POST', body: JSON.stringify({ input: { prompt: 'a red circle', seed: 7 } }) })
  assert.equal((await job.json()).status, 'COMPLETED')
  const lines = (await (await fetch(`${worker}/q/metrics`)).text()).split('\n').filter(line => line && !line.startsWith('#'))
  const known = new Map()
  for (const line of lines) {
    const [, name, labels = ''] = line.match(/^(\w+)(?:\{(.*)\})? /)
    const all = known.get(name) ?? known.set(name, new Set(['instance', 'job'])).get(name)
    for (const [, label] of labels.matchAll(/(\w+)="/g)) all.add(label)
  }
  for (const query of queries) {
    const names = [...query.matchAll(/\b(?:darkroom|http)_\w+/g)].map(([name]) => name)
    assert.ok(names.length > 0, query)
    for (const name of names) {
      if (name in OF_CARDS) {
        const [file, dotted] = OF_CARDS[name]
        assert.ok(text(`handler/src/main/java/dev/darkroom/${file}`).includes(`"${dotted}"`), name)
        continue
      }
      assert.ok(known.has(name), `${name} of "${query}" is none of the worker's metrics`)
      for (const [, labels] of query.matchAll(/by \(([^)]*)\)/g)) {
        for (const label of labels.split(',')) assert.ok(known.get(name).has(label.trim()), `${name} has no label ${label}`)
      }
      for (const [, label] of query.matchAll(/[{,]\s*(\w+)\s*!?=~?"/g)) assert.ok(known.get(name).has(label), `${name} has no label ${label}`)
    }
  }
})
