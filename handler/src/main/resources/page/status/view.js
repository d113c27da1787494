// Shows a status. Everything that comes from the worker is set as text, never as markup.
import { bytes, span, time } from './text.js'

const PHASES = {
  wait: 'in the queue',
  fetch: 'fetching images and LoRAs',
  queue: 'waiting for the device',
  load: 'loading networks',
  encode: 'encoding',
  denoise: 'denoising',
  decode: 'decoding',
  resize: 'resizing',
  store: 'encoding and storing the file',
}

const GOOD = ['READY', 'BUSY']
const BAD = ['DEFUNCT', 'SETUP_FAILED']

const at = id => document.getElementById(id)

/** Makes an element with attributes, and with texts or elements inside. */
function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...inside)
  return element
}

const shown = new Map()

/** True if a part is to be shown as it is already: made anew, it would take the focus from whoever is in it. */
function isShown(part, content) {
  const text = JSON.stringify(content)
  if (shown.get(part) === text) return true
  shown.set(part, text)
  return false
}

/** Shows all of a status. */
export function show(status) {
  state(status)
  queue(status.jobs)
  memory(status)
  models(status)
  lastJobs(status.lastJobs)
  at('status').hidden = false
}

function state(status) {
  const troubles = Object.entries(status.troubles).map(([part, why]) => `${part}: ${why}`)
  const line = at('state')
  const words = [status.state, ...troubles].join(' – ')
  if (line.textContent !== words) line.textContent = words // said aloud only when it changes
  line.className = 'state'
  if (BAD.includes(status.state) || troubles.length) line.classList.add('bad')
  else if (GOOD.includes(status.state)) line.classList.add('good')
  const revision = status.revision ? ` (${status.revision.slice(0, 10)})` : ''
  at('build').textContent = `version ${status.version}${revision}, up for ${span(status.uptimeSeconds)}`
}

function queue(jobs) {
  const numbers = { 'in the queue': jobs.inQueue, 'in progress': jobs.inProgress, completed: jobs.completed, failed: jobs.failed, retried: jobs.retried }
  at('queue').replaceChildren(...Object.entries(numbers).map(([name, count]) =>
    make('div', {}, make('dt', {}, name), make('dd', {}, String(count)))))
}

function memory(status) {
  at('device').textContent = status.device ? `Networks compute on ${status.device}.` : 'The worker starts.'
  const known = status.memory
  const rows = []
  if (known) {
    const { device, container, host, heap } = known
    if (device?.totalBytes) rows.push(meter('Card', device.totalBytes - device.freeBytes, device.totalBytes))
    if (container) rows.push(meter('Container', container.usedBytes, container.maxBytes))
    if (host) rows.push(meter('Machine', host.totalBytes - host.availableBytes, host.totalBytes))
    rows.push(meter("Java's heap", heap.usedBytes, heap.maxBytes))
    if (known.native) rows.push(make('li', {}, make('span', {}, 'Process'), make('span', {}, `${bytes(known.native.residentBytes)} resident, ${bytes(known.native.bytes)} of it not Java's heap`)))
  }
  at('memory').replaceChildren(...rows)
  const alarms = known?.alarms ?? []
  at('alarms').hidden = alarms.length === 0
  at('alarms').textContent = `Memory is short: ${alarms.join(', ')}.`
}

function meter(name, used, all) {
  const words = `${bytes(used)} of ${bytes(all)}`
  return make('li', {},
    make('span', {}, name),
    make('meter', { min: 0, max: all, high: all * 0.9, value: used, 'aria-label': `${name}: ${words}` }),
    make('small', {}, words))
}

function models(status) {
  if (isShown('models', [status.models, status.memory?.models])) return
  const open = new Set([...document.querySelectorAll('#models details[open]')].map(details => details.dataset.model))
  at('models').replaceChildren(...status.models.map(model => {
    const held = status.memory?.models.find(one => one.name === model.name)
    return make('li', {},
      make('h3', {}, model.name, model.isDefault ? ' (default)' : ''),
      make('p', {}, 'Licence: ', license(model.license)),
      model.revision ? make('p', { class: 'quiet' }, `revision ${model.revision}`) : '',
      make('p', {}, model.resident ? 'resident' : 'loaded when a job asks for it'),
      held ? networks(held, open.has(model.name)) : '')
  }))
  if (status.models.length === 0) at('models').replaceChildren(make('li', {}, 'None yet: the worker starts.'))
}

function license(known) {
  if (!known) return 'not stated'
  return known.link?.startsWith('https://')
    ? make('a', { href: known.link, rel: 'noreferrer noopener', target: '_blank' }, known.name)
    : known.name
}

function networks(held, open) {
  const rows = held.networks.map(network => make('tr', {},
    make('th', { scope: 'row' }, network.name),
    make('td', {}, network.loaded ? network.placement ?? 'loaded' : 'not in memory'),
    make('td', {}, bytes(network.deviceBytes + network.hostBytes))))
  const details = make('details', { open }, make('summary', {}, `${held.networks.filter(one => one.loaded).length} of ${held.networks.length} networks in memory`),
    make('table', {}, make('tbody', {}, ...rows)))
  details.dataset.model = held.name
  return details
}

function lastJobs(jobs) {
  if (isShown('last', jobs)) return
  at('none').hidden = jobs.length > 0
  const present = new Set(jobs.flatMap(job => Object.keys(job.phases)))
  at('legend').replaceChildren(...Object.entries(PHASES).filter(([phase]) => present.has(phase))
    .map(([phase, words]) => make('li', {}, make('i', { class: `phase-${phase}` }), words)))
  at('last').replaceChildren(...jobs.map(row))
}

function row(job) {
  const what = [job.size, job.steps ? `${job.steps} steps` : ''].filter(Boolean).join(', ')
  return make('tr', {},
    make('td', {}, make('time', { datetime: job.ended }, new Date(job.ended).toLocaleTimeString())),
    make('td', { class: 'job' }, job.id, job.status === 'COMPLETED' ? '' : make('div', { class: 'failed' }, [job.status, job.error_type].filter(Boolean).join(', '))),
    make('td', {}, job.model ?? '–'),
    make('td', {}, String(job.pictures), what ? make('div', { class: 'quiet' }, what) : ''),
    make('td', {}, time(job.milliseconds)),
    make('td', { class: 'phases' }, bar(job.phases)))
}

/** A bar of a job's phases, each as wide as it took long. */
function bar(phases) {
  const taken = Object.entries(phases).filter(([, milliseconds]) => milliseconds > 0)
  const words = taken.map(([phase, milliseconds]) => `${PHASES[phase] ?? phase} ${time(milliseconds)}`).join(', ')
  const parts = taken.map(([phase, milliseconds]) => {
    const part = make('span', { class: `phase-${PHASES[phase] ? phase : 'other'}`, title: `${PHASES[phase] ?? phase}: ${time(milliseconds)}` })
    part.style.flexGrow = milliseconds
    return part
  })
  return make('div', { class: 'bar', role: 'img', 'aria-label': words || 'less than a millisecond' }, ...parts)
}
