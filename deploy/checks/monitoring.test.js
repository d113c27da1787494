import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { json, text } from './files.js'

const read = name => parse(text(`deploy/compose/${name}`))
const monitoring = read('monitoring.yaml')

test('Prometheus reads the metrics of the worker, with the key that it wants', () => {
  const [job] = read('monitoring/prometheus.yaml').scrape_configs
  assert.equal(job.metrics_path, '/q/metrics')
  const [[host, port]] = job.static_configs.map(({ targets: [target] }) => target.split(':'))
  const worker = read('compose.yaml').services[host]
  assert.ok(worker.ports.some(mapping => mapping.endsWith(`:${port}`)))
  const [secret] = monitoring.services.prometheus.secrets
  assert.equal(job.authorization.credentials_file, `/run/secrets/${secret}`)
  assert.ok(worker.environment[monitoring.secrets[secret].environment])
})

test('what is mounted lies there, and Grafana finds its source and its dashboard', () => {
  for (const { volumes } of Object.values(monitoring.services)) {
    for (const volume of volumes.filter(one => one.startsWith('./'))) {
      assert.ok(text(`deploy/compose/${volume.split(':')[0]}`).length > 0)
    }
  }
  const { datasources: [source] } = read('monitoring/datasource.yaml')
  const dashboard = json('deploy/compose/monitoring/darkroom.json')
  for (const panel of dashboard.panels) {
    assert.equal(panel.datasource.uid, source.uid, panel.title)
    for (const target of panel.targets) {
      assert.equal(target.datasource.uid, source.uid, panel.title)
    }
  }
  const [{ options }] = read('monitoring/dashboards.yaml').providers
  assert.ok(monitoring.services.grafana.volumes.some(volume => volume.includes(`:${options.path}/`)))
})

test('panels stand apart, and say what they show', () => {
  const { panels } = json('deploy/compose/monitoring/darkroom.json')
  assert.equal(new Set(panels.map(panel => panel.title)).size, panels.length)
  const taken = new Set()
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    for (let cell = 0; cell < w * h; cell++) {
      const at = `${x + cell % w},${y + Math.floor(cell / w)}`
      assert.ok(!taken.has(at), `${title} lies over another at ${at}`)
      taken.add(at)
    }
  }
})
