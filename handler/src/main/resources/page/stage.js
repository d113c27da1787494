// The large place: an empty start, the job under way with its previews, and the pictures or the film that came of it.
import { at, confirm, make, tell } from './dom.js'
import * as copies from './copies.js'
import * as films from './film.js'
import { named } from './gallery.js'

const EXTENSIONS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/gif': 'gif', 'video/mp4': 'mp4', 'video/webm': 'webm', 'application/zip': 'zip' }
/** Pixels in which a picture is shown at least: those of the embedded models are small. */
const SMALLEST = 448
let addresses = []
let player = null
let frame = null // of the film under way, as told last

function only(part) {
  for (const name of ['empty', 'running', 'shown']) at(name).hidden = name !== part
}

export function empty() {
  player?.close()
  player = null
  only('empty')
}

const address = blob => {
  addresses.push(URL.createObjectURL(blob))
  return addresses.at(-1)
}

/** Shows that a job begins, with as many places as it has pictures; of an animation frames are played from the first one on. */
export function begin({ num_outputs, type, fps, settings }) {
  only('running')
  player?.close()
  frame = null
  player = type === 'animation' ? films.player(Number(fps || settings?.fps || settings?.ffmpeg_fps || 15)) : null
  at('preview').replaceChildren(...Array.from({ length: Math.max(1, num_outputs ?? 1) }, () => make('div', { className: 'waiting' })))
  at('progress').removeAttribute('value')
  at('how-far').textContent = 'Sent'
  at('stage').scrollIntoView({ block: 'nearest' })
  at('cancel').disabled = false
  at('cancel').textContent = player ? 'Stop here' : 'Cancel'
}

/** Shows that the job is about to end: of a film the frames so far are kept, unless they are not wanted either. */
export function stopping() {
  at('cancel').disabled = true
  if (player) say('Stops here; the film so far is being finished')
}

/** Offers to do without the film as well, a moment later: a second click of the same kind shall not do that. */
export function stopped() {
  const asked = player
  if (player) setTimeout(() => {
    if (player === asked) Object.assign(at('cancel'), { textContent: 'Discard', disabled: false })
  }, 1500)
}

/** Shows that nothing was stopped. */
export function goesOn() {
  at('cancel').disabled = false
  say('It could not be stopped; try again')
}

/** Shows what a job tells while it runs. */
export function hear({ status, progress, preview, image, away }) {
  if (away) say('The worker does not answer; trying again…')
  if (status) say({ IN_QUEUE: 'Waits for its turn', IN_PROGRESS: 'Begins' }[status.status] ?? status.status)
  if (progress) {
    at('progress').value = progress.percent
    say(`${frame ? `Frame ${frame.value} of ${frame.max} · ` : ''}Step ${progress.value} of ${progress.max}`)
    if (progress.percent >= 50) tell('Half done')
  }
  if (preview && player) {
    frame = preview
    if (!player.element.isConnected) at('preview').replaceChildren(player.element)
    player.add(preview.value, preview.max, `data:image/jpeg;base64,${preview.image}`).catch(() => {})
  } else if (preview) place(preview.index, `data:image/jpeg;base64,${preview.image}`, 'What it will be, roughly')
  if (image?.image && !player) place(image.index, `data:image/${image.format};base64,${image.image}`, 'Finished')
}

const say = text => { at('how-far').textContent = text }

function place(index, src, alt) {
  const old = at('preview').children[index] ?? at('preview').lastElementChild
  if (old.tagName === 'IMG') Object.assign(old, { src, alt })
  else old.replaceWith(make('img', { src, alt, width: 512 }))
}

/**
 * Shows pictures that were drawn.
 *
 * @param entries of the gallery, drawn by one job
 * @param actions {use, repeat, remove}
 */
export function show(entries, actions) {
  addresses.forEach(URL.revokeObjectURL)
  addresses = []
  player?.close()
  player = null
  only('shown')
  const [entry] = entries
  at('shown').replaceChildren(
    entries.length > 1 ? several(entries, actions) : single(entry),
    ...(entries.length > 1 ? [] : [tools(entry, actions), facts(entry)]))
}

const several = (entries, actions) => make('div', { className: 'picture several' },
  ...entries.map(entry => make('button', { type: 'button', ariaLabel: `Show the picture of seed ${entry.seed}`, onclick: () => actions.open(entry) }, make('img', { src: address(entry.blob), alt: '' }))))

function single(entry) {
  return make('figure', { className: 'picture' }, entry.film
    ? films.finished(entry, address, SMALLEST)
    : make('img', { src: address(entry.blob), alt: named(entry), width: Math.max(entry.width, SMALLEST) }))
}

function tools(entry, actions) {
  const name = `darkroom-${entry.seed}.${EXTENSIONS[entry.blob.type] ?? 'png'}`
  const copy = (label, text) => make('button', { type: 'button', onclick: event => navigator.clipboard.writeText(text).then(() => confirm(event.target, 'Copied'), () => offer(text)) }, label)
  return make('div', { className: 'tools' },
    entry.film ? null : make('button', { type: 'button', onclick: () => actions.use(entry.blob, entry.seed) }, 'Use as input'),
    entry.blob.type.startsWith('video/') ? make('button', { type: 'button', onclick: async () => actions.use(await films.frame(at('shown').querySelector('video')), entry.seed) }, 'Use this frame') : null,
    make('button', { type: 'button', onclick: () => actions.repeat(entry) }, 'Repeat with this seed'),
    entry.before && !entry.film ? make('button', { type: 'button', onclick: () => compare(entry) }, 'Before / after') : null,
    make('a', { href: address(entry.blob), download: name }, 'Download'),
    copy('Copy curl', copies.curl(entry.request, location.origin)),
    copy('Copy JSON', copies.json(entry.request)),
    entry.film ? null : copy('Copy OpenAI call', copies.openai(entry.request, location.origin)),
    make('button', { type: 'button', className: 'quiet', onclick: () => actions.remove(entry) }, 'Delete'))
}

/** Shows a text to be copied by hand, where the browser lets no page write to the clipboard. */
function offer(text) {
  const area = make('textarea', { readOnly: true, rows: 6, ariaLabel: 'To be copied', value: text })
  at('shown').append(area)
  area.select()
}

function facts(entry) {
  const { prompt, negative_prompt, style, preset, zoom } = entry.request.input
  const { frames, fps } = entry.film ?? {}
  const known = { Prompt: prompt, 'Negative prompt': negative_prompt, Style: style, Preset: preset, Zoom: zoom, Frames: frames && `${frames}, ${fps} a second`, Model: entry.model, Seed: entry.seed, Steps: entry.request.input.num_inference_steps, Size: `${entry.width} × ${entry.height}`, Time: entry.seconds ? `${entry.seconds.toFixed(1)} s` : undefined, Notes: entry.notes?.join('\n') }
  return make('dl', { className: 'facts' }, ...Object.entries(known)
    .filter(([, value]) => value !== undefined && value !== '')
    .flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, String(value))]))
}

/** Lays the picture over the one that it was made from, with a slider between. */
function compare(entry) {
  const frame = make('div', { className: 'compare' },
    make('img', { src: address(entry.before), alt: 'Before' }),
    make('div', { className: 'after' }, make('img', { src: address(entry.blob), alt: 'After' })))
  frame.style.aspectRatio = `${entry.width} / ${entry.height}`
  frame.style.width = `min(100%, ${Math.max(entry.width, SMALLEST)}px)`
  const slider = make('input', { type: 'range', min: 0, max: 100, value: 50, className: 'compare-slider', ariaLabel: 'Where the picture before ends' })
  slider.oninput = () => frame.style.setProperty('--at', `${slider.value}%`)
  at('shown').querySelector('.picture').replaceChildren(frame, slider)
  slider.focus()
}
