// Pictures that a job is to bring: dropped, pasted, chosen, or taken from the gallery; each with what its file says, and the first with a mask.
import { at, make, tell } from './dom.js'
import { parameters } from './provenance.js'
import { paint } from './mask.js'
import * as form from './form.js'
import { inputs, keepInputs } from './shelf.js'

const LARGEST = 20_000_000 // bytes, as the worker's limit

let list = [] // of {blob, name, made, mask}
let changed = () => {}

export const current = () => list
export const onChange = listener => { changed = listener }

/** Finds the pictures again that were there before the page was left. */
export async function restore() {
  list = (await inputs()).map(({ blob, name, made, mask }) => ({ blob, name, made, mask }))
  show()
}

/** Adds pictures, and where they are for an animation a file of its settings; those that are none are told. */
export async function add(files) {
  const refused = []
  for (const file of files) {
    if (form.isAnimation() && /\.(txt|json)$/i.test(file.name)) await form.settings(file)
    else if (!file.type.startsWith('image/')) refused.push(`no picture: ${file.name || 'what was pasted'}`)
    else if (file.size > LARGEST) refused.push(`larger than 20 MB: ${file.name || 'what was pasted'}`)
    else list.push({ blob: file, name: file.name || 'picture', made: await parameters(file), mask: null })
  }
  update()
  if (refused.length > 0) form.complain(`image: ${refused.join(', ')}`)
  else if (list.length > 0) tell(`${list.length} ${list.length === 1 ? 'picture' : 'pictures'} to edit`)
}

export function clear() {
  list = []
  update()
}

function update() {
  keepInputs(list)
  show()
  changed()
}

export function show() {
  for (const image of at('inputs').querySelectorAll('img')) URL.revokeObjectURL(image.src)
  at('inputs').replaceChildren(...list.map(item))
  form.hints(list.length)
}

function item(input, place) {
  const tools = make('div', { className: 'tools' })
  if (place === 0 && list.length === 1 && form.canFill()) {
    tools.append(make('button', { type: 'button', onclick: () => mask(input) }, input.mask ? 'Change mask' : 'Paint a mask'))
  }
  if (input.mask) tools.append(make('button', { type: 'button', onclick: () => { input.mask = null; update() } }, 'No mask'))
  if (input.made) tools.append(make('button', { type: 'button', onclick: () => use(input.made) }, 'Use its settings'))
  tools.append(make('button', { type: 'button', ariaLabel: `Remove ${input.name}`, onclick: () => { list.splice(place, 1); update(); at('choose').focus() } }, 'Remove'))
  return make('li', {},
    make('img', { src: URL.createObjectURL(input.blob), alt: `Picture ${place + 1}` }),
    make('div', { className: 'what' }, input.name + (input.mask ? ', with a mask' : ''), input.made ? make('p', { className: 'made' }, described(input.made)) : null, tools))
}

function described(made) {
  const facts = [made.model, made.seed === undefined ? null : `seed ${made.seed}`, made.num_inference_steps ? `${made.num_inference_steps} steps` : null]
  return `Made by ${made.software ?? 'a program'} from “${made.prompt.slice(0, 200)}” (${facts.filter(Boolean).join(', ')})`
}

/** Puts the settings that a picture was made with into the form. */
function use(made) {
  form.fill({ ...form.content(), ...settings(made) })
  tell('The picture’s settings are in the form')
  at('prompt').focus()
}

const settings = made => Object.fromEntries(['prompt', 'negative_prompt', 'seed', 'model', 'num_inference_steps', 'guidance_scale', 'true_cfg_scale']
  .filter(name => ['string', 'number'].includes(typeof made[name])).map(name => [name, String(made[name])]))

async function mask(input) {
  const painted = await paint(input.blob, input.mask)
  if (painted !== undefined) {
    input.mask = painted
    update()
  }
}

/** The fields of a job's input for these pictures, as base64. */
export async function fields() {
  if (list.length === 0) return {}
  const files = await Promise.all(list.map(input => base64(input.blob)))
  const images = files.length === 1 ? { image: files[0] } : { images: files }
  return list[0].mask && list.length === 1 ? { ...images, mask: await base64(list[0].mask) } : images
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Listens to files that are dropped, pasted or chosen. */
export function listen() {
  const zone = at('drop')
  at('choose').onclick = () => at('file').click()
  at('file').onchange = () => {
    add([...at('file').files])
    at('file').value = ''
  }
  addEventListener('paste', event => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length > 0) {
      event.preventDefault()
      add(files)
    }
  })
  addEventListener('dragover', event => {
    event.preventDefault()
    zone.classList.add('over')
  })
  addEventListener('dragleave', event => { if (!event.relatedTarget) zone.classList.remove('over') })
  addEventListener('drop', event => {
    event.preventDefault()
    zone.classList.remove('over')
    add([...(event.dataTransfer?.files ?? [])])
  })
}
