import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { list, root, text } from './files.js'

const here = join(root, 'deploy/checks')

const modules = { 'apps/v1': 'kubernetes-models/apps/v1', v1: 'kubernetes-models/v1', 'keda.sh/v1alpha1': '@kubernetes-models/keda/keda.sh/v1alpha1' }

const objects = list('deploy/kubernetes')
  .filter(name => name.endsWith('.yaml') && name !== 'kustomization.yaml')
  .flatMap(name => parseAllDocuments(text(`deploy/kubernetes/${name}`)).map(document => [name, document]))
  .map(([name, document]) => {
    assert.deepEqual(document.errors, [], name)
    return document.toJS()
  })

const one = kind => objects.find(object => object.kind === kind)

test('every object follows the schema of its kind', async () => {
  assert.deepEqual(objects.map(({ kind }) => kind).sort(), ['Deployment', 'PersistentVolumeClaim', 'ScaledObject', 'Secret', 'Service'])
  for (const object of objects) {
    const kinds = await import(modules[object.apiVersion])
    new kinds[object.kind](object).validate()
  }
})

// the schemas let unknown fields pass; the types do not
test('no object has a field that its kind does not have', () => {
  const folder = mkdtempSync(join(here, 'typed-'))
  try {
    const source = objects.map(
      ({ apiVersion, kind, ...object }, i) =>
        `import type { I${kind} as Type${i} } from '${modules[apiVersion]}'\nexport const object${i}: Type${i} = ${JSON.stringify({ apiVersion, kind, ...object }, null, 1)}\n`,
    )
    writeFileSync(join(folder, 'objects.ts'), source.join('\n'))
    const tsc = join(here, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext']
    execFileSync(process.execPath, [tsc, ...options, join(folder, 'objects.ts')], { encoding: 'utf8', stdio: 'pipe' })
  } catch (e) {
    assert.fail(e.stdout ?? e.message)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('objects find each other', () => {
  const deployment = one('Deployment')
  const { labels } = deployment.spec.template.metadata
  const pod = deployment.spec.template.spec
  assert.deepEqual(deployment.spec.selector.matchLabels, labels)
  assert.deepEqual(one('Service').spec.selector, labels)
  assert.equal(one('ScaledObject').spec.scaleTargetRef.name, deployment.metadata.name)
  assert.ok(pod.volumes.some(volume => volume.persistentVolumeClaim?.claimName === one('PersistentVolumeClaim').metadata.name))
  const [worker] = pod.containers
  assert.equal(worker.envFrom[0].secretRef.name, one('Secret').metadata.name)
  assert.deepEqual(worker.volumeMounts.map(mount => mount.name).sort(), pod.volumes.map(volume => volume.name).sort())
  const ports = worker.ports.map(port => port.name)
  for (const probe of [worker.startupProbe, worker.readinessProbe, worker.livenessProbe]) {
    assert.ok(ports.includes(probe.httpGet.port))
  }
})

test('numbers can be scraped and pictures be found, with an API key too', () => {
  const pod = one('Deployment').spec.template
  assert.equal(pod.metadata.annotations['prometheus.io/path'], '/q/metrics')
  const env = Object.fromEntries(pod.spec.containers[0].env.map(({ name, value }) => [name, value]))
  assert.equal(env.DARKROOM_HTTP_METRICS_OPEN, 'true')
  assert.equal(env.DARKROOM_PUBLIC_URL, `http://${one('Service').metadata.name}`)
  assert.equal(one('Service').spec.ports[0].port, 80)
  // or Kubernetes itself sets DARKROOM_PORT
  assert.equal(pod.spec.enableServiceLinks, false)
  const secrets = Object.keys(one('Secret').stringData)
  // the image listens on all addresses, for which the worker wants a key
  assert.equal(env.DARKROOM_HTTP_OPEN, undefined)
  for (const name of ['DARKROOM_HTTP_API_KEY', 'DARKROOM_HTTP_WEBHOOK_SECRET', 'BUCKET_ENDPOINT_URL', 'BUCKET_PUBLIC_URL']) {
    assert.ok(secrets.includes(name), name)
  }
})

test('a pod has one GPU, and the time to finish its job', () => {
  const pod = one('Deployment').spec.template.spec
  assert.equal(pod.containers[0].resources.limits['nvidia.com/gpu'], 1)
  const shutdown = text('handler/src/main/resources/application.properties').match(/^quarkus\.shutdown\.timeout=(\d+)m$/m)
  assert.ok(pod.terminationGracePeriodSeconds > Number(shutdown[1]) * 60 + 5)
})

test('the list of files is complete', () => {
  const [kustomization] = parseAllDocuments(text('deploy/kubernetes/kustomization.yaml')).map(document => document.toJS())
  assert.deepEqual(
    [...kustomization.resources, 'kustomization.yaml', 'secret.example.yaml'].sort(),
    list('deploy/kubernetes').filter(name => name.endsWith('.yaml')).sort(),
  )
})
