import assert from 'node:assert/strict'
import { test } from 'node:test'
import Ajv from 'ajv'
import { json, list, text } from './files.js'

const ajv = new Ajv({ allErrors: true })

const cudaVersions = { type: 'array', items: { type: 'string', pattern: '^\\d+\\.\\d+$' }, minItems: 1 }
const fixed = { type: 'object', required: ['key', 'value'], properties: { key: { type: 'string' }, value: { type: 'string' } }, additionalProperties: false }
const asked = {
  type: 'object',
  required: ['key', 'input'],
  properties: {
    key: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
    input: {
      type: 'object',
      required: ['name', 'type'],
      properties: {
        name: { type: 'string' },
        type: { enum: ['string', 'number', 'boolean', 'huggingface'] },
        description: { type: 'string' },
        default: {},
        required: { type: 'boolean' },
        advanced: { type: 'boolean' },
        options: { type: 'array' },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}

// as the publishing guide of the Hub describes them
const hub = {
  type: 'object',
  required: ['title', 'description', 'type', 'category', 'config'],
  properties: {
    title: { type: 'string' },
    description: { type: 'string' },
    type: { const: 'serverless' },
    category: { enum: ['audio', 'embedding', 'language', 'video', 'image'] },
    iconUrl: { type: 'string' },
    config: {
      type: 'object',
      required: ['runsOn', 'containerDiskInGb', 'gpuCount', 'gpuIds'],
      properties: {
        runsOn: { enum: ['GPU', 'CPU'] },
        containerDiskInGb: { type: 'integer', minimum: 1 },
        gpuCount: { const: 1 },
        gpuIds: { type: 'string', pattern: '^(AMPERE|ADA|HOPPER)_\\d+(_PRO)?(,(AMPERE|ADA|HOPPER)_\\d+(_PRO)?)*$' },
        allowedCudaVersions: cudaVersions,
        presets: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'defaults'],
            properties: { name: { type: 'string' }, defaults: { type: 'object', additionalProperties: { type: 'string' } } },
            additionalProperties: false,
          },
        },
        env: { type: 'array', items: { anyOf: [fixed, asked] } },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}

const tests = {
  type: 'object',
  required: ['tests', 'config'],
  properties: {
    tests: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'input', 'timeout'],
        properties: { name: { type: 'string', pattern: '^[a-z_]+$' }, input: { type: 'object' }, timeout: { type: 'integer', minimum: 1000 } },
        additionalProperties: false,
      },
    },
    config: {
      type: 'object',
      required: ['gpuTypeId', 'gpuCount'],
      properties: { gpuTypeId: { type: 'string' }, gpuCount: { const: 1 }, env: { type: 'array', items: fixed }, allowedCudaVersions: cudaVersions },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}

for (const [name, schema] of [['hub.json', hub], ['tests.json', tests]]) {
  test(`${name} has the form that the Hub asks for`, () => {
    const valid = ajv.compile(schema)
    assert.ok(valid(json(`deploy/runpod/hub/${name}`)), JSON.stringify(valid.errors))
  })
}

test('presets and the template set what is documented', () => {
  const documented = text('deploy/runpod/README.md')
  const { env, presets } = json('deploy/runpod/hub/hub.json').config
  const keys = env.map(({ key }) => key)
  for (const name of [...keys, ...Object.keys(json('deploy/runpod/template.json').env)]) {
    assert.ok(documented.includes('`' + name + '`'), name)
  }
  for (const preset of presets) {
    assert.ok(Object.keys(preset.defaults).every(key => keys.includes(key)), preset.name)
  }
})

test('the Hub builds an image that runs as root, by the line that is documented', () => {
  const [, expression] = text('deploy/runpod/README.md').match(/^sed '(s\/[^']+)' Dockerfile\.cuda > Dockerfile/m)
  const [, pattern, replacement] = expression.split('/')
  assert.match(text('Dockerfile.cuda').replace(new RegExp(pattern, 'm'), replacement), /^ARG RUN_AS=0:0$/m)
})

test('no secret is written down', () => {
  const { env } = json('deploy/runpod/template.json')
  for (const name of Object.keys(env).filter(key => /TOKEN|KEY|SECRET/.test(key))) {
    assert.match(env[name], /^\{\{ RUNPOD_SECRET_\w+ \}\}$/)
  }
})

test('lock files name no place that packages came from', () => {
  const folders = ['client-test', 'checks', 'firebase/functions']
  for (const folder of folders) {
    assert.ok(list(`deploy/${folder}`).includes('package-lock.json'), folder)
    for (const [name, entry] of Object.entries(json(`deploy/${folder}/package-lock.json`).packages)) {
      assert.equal(entry.resolved, undefined, `${folder}: ${name}`)
    }
  }
})
