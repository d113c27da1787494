// The form: its fields get their choices and limits from the worker's schema, its content becomes the input of a job.
import { at, make, tell } from './dom.js'
import { note, noted } from './shelf.js'

const TEXTS = ['prompt', 'negative_prompt', 'model', 'style', 'aspect_ratio', 'output_format', 'loras', 'preset', 'zoom', 'size', 'film_format', 'settings']
const NUMBERS = ['num_outputs', 'num_inference_steps', 'guidance_scale', 'true_cfg_scale', 'strength', 'lora_scale', 'max_frames', 'fps']
const FIELDS = [...TEXTS, ...NUMBERS, 'seed']

/** Fields that jobs of one type alone have. */
const OF = { image: ['aspect_ratio', 'output_format', 'num_outputs', 'strength'], animation: ['preset', 'zoom', 'size', 'film_format', 'settings', 'max_frames', 'fps'] }
const FORMATS = { output_format: ['png', 'jpeg', 'webp'], film_format: ['mp4', 'webm', 'gif', 'webp', 'zip'] }
const LONGEST_SETTINGS = 500_000 // bytes of a file

/** Where a fault of a field that has no place of its own in the form is shown. */
const ELSEWHERE = { image: 'images', mask: 'images', prompts: 'prompt', width: 'aspect_ratio', height: 'aspect_ratio', size: 'aspect_ratio', megapixels: 'aspect_ratio' }

let schema = { properties: {} }
let models = []

/** Takes over what the worker can do. */
export function learn(known, list) {
  schema = known
  models = list
  choices('model', models.map(model => model.name), 'Automatic')
  choices('style', values('style'), 'None')
  choices('aspect_ratio', values('aspect_ratio').filter(ratio => ratio !== 'match_input_image'), 'Automatic')
  choices('preset', values('preset'), 'None')
  for (const [name, [usual, ...others]] of Object.entries(FORMATS)) {
    choices(name, others.filter(format => values('output_format').includes(format)), usual)
  }
  at('type-animation').disabled = !values('type').includes('animation')
  for (const name of NUMBERS) {
    const { minimum, maximum, exclusiveMinimum } = property(name)
    Object.assign(at(name), { min: minimum ?? exclusiveMinimum ?? '', max: maximum ?? '' })
  }
  at('prompt').maxLength = property('prompt').maxLength ?? -1
  fill({ ...noted('form'), ...content() })
  hints()
}

const property = name => schema.properties[name] ?? {}
const values = name => (property(name).enum ?? []).filter(value => value !== null && value !== '')

function choices(name, list, none) {
  const chosen = at(name).value
  at(name).replaceChildren(make('option', { value: '' }, none), ...list.map(value => make('option', { value }, value)))
  at(name).value = list.includes(chosen) ? chosen : ''
}

/** Puts values into the form; what is not among them becomes empty. */
export function fill(content) {
  for (const name of FIELDS) at(name).value = content[name] ?? ''
  at(content.type === 'animation' ? 'type-animation' : 'type-image').checked = true
  suit()
  for (const part of ['more', 'deforum']) {
    if (TEXTS.concat(NUMBERS).some(name => at(name).closest('details') === at(part) && at(name).value !== '')) at(part).open = true
  }
  remember()
  hints()
}

export function content() {
  const filled = FIELDS.map(name => [name, at(name).value]).filter(([, value]) => value !== '')
  return { ...Object.fromEntries(filled), ...(isAnimation() ? { type: 'animation' } : {}) }
}

export const isAnimation = () => at('type-animation').checked

/** Shows the fields of the type that is chosen, and hides those of the other. */
export function suit() {
  const type = isAnimation() ? 'animation' : 'image'
  for (const part of at('form').querySelectorAll('[data-of]')) part.hidden = part.dataset.of !== type
  const negative = at('negative_prompt-field')
  if (isAnimation()) at('prompt-field').after(negative)
  else at('more').querySelector('summary').after(negative)
  at('images-label').textContent = isAnimation() ? 'Picture to start from' : 'Pictures'
  at('drop-what').textContent = isAnimation() ? 'one' : 'pictures to edit'
}

/** What a job of before was asked for with, as the form has it. */
export function ofRequest({ loras, settings, output_format, ...input }) {
  return {
    ...input,
    loras: loras?.[0]?.path,
    lora_scale: loras?.[0]?.scale,
    settings: settings && JSON.stringify(settings, null, 2),
    [input.type === 'animation' ? 'film_format' : 'output_format']: output_format,
  }
}

/** Takes settings from a file. */
export async function settings(file) {
  if (file.size > LONGEST_SETTINGS) return complain(`settings: must be a file of at most ${LONGEST_SETTINGS / 1e6} MB`)
  at('settings').value = (await file.text()).trim()
  at('deforum').open = true
  remember()
  tell(`Settings of ${file.name}`)
}

export const remember = () => note('form', models.length > 0 ? content() : { ...noted('form'), ...content() })

/** The model that a job with so many pictures would go to, as far as that can be told here. */
export function model(images) {
  const named = models.find(one => one.name === at('model').value)
  return named ?? models.find(one => (images > 0 ? one.can.edit : one.can.draw)) ?? models[0]
}

export const canFill = () => {
  if (isAnimation()) return true
  const named = models.find(one => one.name === at('model').value)
  return named ? named.can.fill : models.some(one => one.can.fill)
}

export const canTakePictures = () => models.length === 0 || models.some(one => one.most_images > 0)

/** Shows what the model takes where a field is empty. */
export function hints(images = 0) {
  const known = model(isAnimation() ? 0 : images)
  const defaults = known?.defaults
  at('size').placeholder = defaults ? `${defaults.width}x${defaults.height}` : ''
  at('num_inference_steps').placeholder = defaults?.num_inference_steps ?? ''
  at('guidance_scale').placeholder = defaults?.guidance_scale ?? ''
  at('true_cfg_scale').placeholder = defaults?.true_cfg_scale ?? ''
}

/** The input of the job that the form asks for, without its pictures. */
export function input() {
  const result = isAnimation() ? { type: 'animation' } : {}
  const asked = name => at(name).value !== '' && isOfType(name)
  for (const name of TEXTS.filter(asked)) result[name] = at(name).value
  for (const name of NUMBERS.filter(asked)) result[name] = Number(at(name).value)
  const seed = at('seed').value.trim()
  if (seed !== '') result.seed = Number(seed)
  if (result.loras) result.loras = [{ path: result.loras, scale: result.lora_scale ?? 1 }]
  delete result.lora_scale
  if (result.settings) result.settings = JSON.parse(result.settings)
  if (result.film_format) result.output_format = result.film_format
  delete result.film_format
  return result
}

const isOfType = name => !OF[isAnimation() ? 'image' : 'animation'].includes(name)

/** What is wrong with the text of settings; empty if nothing is. */
function faultOfSettings() {
  try {
    const settings = JSON.parse(at('settings').value || '{}')
    return settings && typeof settings === 'object' && !Array.isArray(settings) ? '' : 'must be an object, in braces'
  } catch (failure) {
    return `is no JSON: ${failure.message}`
  }
}

/** Fields whose text is no number, or none that the field takes, in the worker's way of saying it; empty if there is none. */
export function faults() {
  const found = []
  for (const name of NUMBERS.filter(isOfType)) {
    const field = at(name)
    if (field.validity.badInput) found.push(`${name}: must be a number`)
    else if (field.validity.rangeUnderflow || field.validity.rangeOverflow) found.push(`${name}: must be from ${field.min} to ${field.max}, not ${field.value}`)
  }
  const seed = at('seed').value.trim()
  if (seed !== '' && !/^-?\d+$/.test(seed)) found.push('seed: must be a whole number')
  else if (!Number.isSafeInteger(Number(seed))) found.push('seed: must be less than 2^53 here')
  if (isAnimation() && faultOfSettings()) found.push(`settings: ${faultOfSettings()}`)
  return found.join('; ')
}

/** Shows what the worker says against a job, each fault at its field; puts the reader to the first of them. */
export function complain(message) {
  forgive()
  const rest = []
  let first = null
  for (const fault of message.split(/; (?=[a-z_]+(?:\[\d+\])?[\w.]*: )/)) {
    const [, name, rule] = /^([a-z_]+?)(?:_\d+)?(?:\[\d+\])?(?:\.\w+)*: (.*)$/s.exec(fault) ?? []
    const place = name && placeOf(name)
    if (!place || !show(place, place === 'settings' ? fault.replace(/^settings[.:]\s*/, '') : rule)) rest.push(fault)
    else first ??= place
  }
  at('form-error').textContent = rest.join('; ')
  const target = at(first === 'images' ? 'choose' : first) ?? null
  if (target?.closest('details')) target.closest('details').open = true
  target?.focus()
}

/** Where a fault is shown: at the field of that name, at one that stands for it, or at the settings where those have it; undefined if nowhere. */
function placeOf(name) {
  if (isAnimation() && name === 'output_format') return 'film_format'
  const field = at(name)
  if (isAnimation() && (field?.form !== at('form') || field.value === '') && at('settings').value.includes(`"${name}"`)) return 'settings'
  if (field?.form === at('form') && isOfType(name)) return name
  const other = ELSEWHERE[name] ?? name
  return at(`${other}-field`) ? other : isAnimation() && other === 'aspect_ratio' ? 'size' : ELSEWHERE[name]
}

function show(name, rule) {
  const control = at(name)
  const place = control?.closest('.field') ?? at(`${name}-field`)
  if (!place) return false
  const id = `${name}-error`
  place.append(make('p', { id, className: 'error' }, rule[0].toUpperCase() + rule.slice(1)))
  control?.setAttribute('aria-invalid', 'true')
  control?.setAttribute('aria-describedby', id)
  return true
}

/** Takes all complaints away. */
export function forgive() {
  at('form-error').textContent = ''
  for (const error of at('form').querySelectorAll('.field > .error')) error.remove()
  for (const field of at('form').querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid')
    field.removeAttribute('aria-describedby')
  }
}
