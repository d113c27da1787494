// The playground: form, stage and gallery brought together.
import { at, make, tell } from './dom.js'
import * as form from './form.js'
import * as gallery from './gallery.js'
import * as inputs from './inputs.js'
import * as job from './job.js'
import * as shelf from './shelf.js'
import * as stage from './stage.js'
import { askAgain } from './key.js'
import * as worker from './worker.js'

const EXAMPLES = ['a sunset over mountains', 'a red car on a road', 'a sunflower', 'a snowy mountain']
const LOOK = 5000
let entries = []
let opened = []

const actions = { open: entry => open([entry]), use, repeat, remove }

function open(some) {
  if (job.isRunning()) return tell('A job is under way')
  opened = some
  if (some.length === 0) stage.empty()
  else stage.show(some, actions)
  gallery.show(entries, opened, entry => open([entry]))
}

/** Draws what the form asks for. */
async function draw() {
  if (job.isRunning() || at('draw').disabled) return
  askAgain()
  form.forgive()
  const faults = form.faults()
  if (faults) return form.complain(faults)
  form.remember()
  busy(true)
  try {
    const input = { ...form.input(), ...await inputs.fields() }
    const brought = inputs.current()
    const request = { input: { ...input, ...names(input, brought) }, images: brought.map(one => one.name) }
    await finish(() => job.run(input, request, stage.hear), request, brought[0]?.blob)
  } finally {
    busy(false)
  }
}

/** In the place of pictures their names: what is kept and copied is to be read by people. */
function names(input, brought) {
  const named = {}
  if (input.image) named.image = brought[0].name
  if (input.images) named.images = brought.map(one => one.name)
  if (input.mask) named.mask = 'mask.png'
  return named
}

/** Waits for a job, keeps its pictures and shows them, or what went wrong. */
async function finish(run, request, before) {
  const begun = performance.now()
  stage.begin(request.input)
  tell('The job is sent')
  let answer
  try {
    answer = await run()
    job.forget()
  } catch (failure) {
    if (failure instanceof worker.Refusal && failure.status !== 401) job.forget()
    answer = { status: 'FAILED', error: failure instanceof worker.Refusal ? failure.message : 'The worker does not answer. Is it running?' }
  }
  try {
    if (answer.output?.images) return await take(answer.output, request, before, (performance.now() - begun) / 1000)
  } catch (failure) {
    answer = { error: failure.message }
  }
  open(opened.filter(entry => entries.includes(entry)))
  if (answer.status === 'CANCELLED') tell('Cancelled')
  else form.complain(answer.error ?? answer.status)
}

async function take(output, request, before, seconds) {
  const fresh = []
  for (const image of output.images) {
    const entry = { blob: await job.file(image), ...await moving(image), width: image.width, height: image.height, seed: image.seed, model: output.model, notes: output.notes, seconds, before, request: { ...request, input: { ...request.input, seed: image.seed } }, time: Date.now() }
    if (fresh.length > 0 || output.images.length > 1) delete entry.request.input.num_outputs
    const id = await shelf.keep(entry)
    fresh.push(id === undefined ? entry : { ...entry, id })
  }
  entries = [...fresh.toReversed(), ...entries]
  open(fresh)
  if (output.failures?.length) form.complain(output.failures.map(failure => failure.error).join('; '))
  tell(fresh.length > 1 ? `${fresh.length} pictures are there` : fresh[0]?.film ? `The film is there, of ${fresh[0].film.frames} frames` : 'The picture is there')
}

/** What is kept of a film beside its file. */
const moving = async ({ frames, fps, poster }) => frames ? { film: { frames, fps }, poster: poster && await job.file(poster).catch(() => undefined) } : {}

function busy(is) {
  at('draw').disabled = is
  at('draw').textContent = is ? 'Drawing…' : 'Draw'
}

async function use(blob, seed) {
  await inputs.add([new File([blob], `picture-${seed}.${blob.type.split('/')[1]}`, { type: blob.type })])
  at('prompt').focus()
  at('prompt').select()
}

/** Puts everything that a picture was asked for with into the form, its seed too. */
function repeat({ request }) {
  form.fill(form.ofRequest(request.input))
  if (request.images.length === 0) inputs.clear()
  tell('All settings are in the form')
  at('draw').focus()
}

async function remove(entry) {
  if (entry.id !== undefined) await shelf.drop(entry.id)
  entries = entries.filter(one => one !== entry)
  open([])
  tell('Deleted')
}

/** Follows a job that was running when the page was left. */
async function goOn() {
  const { id, request } = job.left() ?? {}
  if (!id) return
  busy(true)
  try {
    await finish(() => job.follow(id, stage.hear), request, inputs.current()[0]?.blob)
  } finally {
    busy(false)
  }
}

/** Looks after the worker: what it can do, once it is there, and whether it still is. */
async function look(known) {
  let state = 'away'
  let text = 'the worker does not answer'
  try {
    if (!known) {
      const [schema, { models }] = await Promise.all([worker.json('/schema.json'), worker.json('/models')])
      known = models.length > 0
      if (known) {
        form.learn(schema, models)
        inputs.show()
      }
      at('images-field').hidden = !form.canTakePictures()
    }
    const { jobs } = await worker.json('/health')
    const waiting = jobs.inQueue + jobs.inProgress
    state = known ? 'ready' : 'starting'
    text = !known ? 'the worker starts…' : waiting > 0 ? `${waiting} ${waiting === 1 ? 'job' : 'jobs'} under way` : 'ready'
  } catch (failure) {
    if (failure instanceof worker.Refusal) text = failure.status === 401 ? 'the worker wants its key' : failure.message
  }
  at('worker').dataset.state = state
  at('worker-text').textContent = text
  setTimeout(() => look(known), state === 'ready' ? LOOK : 1500)
}

function theme() {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const now = () => shelf.noted('theme') ?? (dark.matches ? 'dark' : 'light')
  const show = () => {
    document.documentElement.dataset.theme = now()
    at('theme').textContent = now() === 'dark' ? 'Light' : 'Dark'
  }
  at('theme').onclick = () => {
    shelf.note('theme', now() === 'dark' ? 'light' : 'dark')
    show()
  }
  dark.onchange = show
  show()
}

theme()
at('examples').append(...EXAMPLES.map(text => make('li', {}, make('button', { type: 'button', onclick: () => { at('prompt').value = text; draw() } }, text))))
at('form').addEventListener('submit', event => { event.preventDefault(); draw() })
at('form').addEventListener('input', form.remember)
at('form').addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) draw() })
at('model').addEventListener('change', inputs.show)
for (const type of ['type-image', 'type-animation']) at(type).addEventListener('change', () => { form.forgive(); form.suit(); inputs.show() })
at('choose-settings').onclick = () => at('settings-file').click()
at('settings-file').onchange = async () => {
  await form.settings(at('settings-file').files[0])
  at('settings-file').value = ''
}
at('reset').onclick = () => { form.fill({ type: form.content().type }); inputs.clear(); form.forgive(); at('prompt').focus() }
at('cancel').onclick = () => {
  stage.stopping()
  job.cancel().then(() => stage.stopped(), () => stage.goesOn())
}
at('empty-gallery').onclick = async () => { await shelf.dropAll(); entries = []; open([]); at('prompt').focus() }
inputs.listen()
inputs.onChange(form.forgive)
await inputs.restore()
entries = await shelf.pictures()
open([])
await Promise.all([look(false), goOn()])
