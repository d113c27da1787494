// The form: its fields get their choices and limits from the worker's schema, its content becomes the input of a job.
import { at, make } from './dom.js'
import { note, noted } from './shelf.js'

const TEXTS = ['prompt', 'negative_prompt', 'model', 'style', 'aspect_ratio', 'output_format', 'loras']
const NUMBERS = ['num_outputs', 'num_inference_steps', 'guidance_scale', 'true_cfg_scale', 'strength', 'lora_scale']
const FIELDS = [...TEXTS, ...NUMBERS, 'seed']

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
  choices('output_format', values('output_format').filter(format => format !== 'jpg'), 'png')
  for (const name of NUMBERS) {
    const { minimum, maximum, exclusiveMinimum } = property(name)
    Object.assign(at(name), { min: minimum ?? exclusiveMinimum ?? '', max: maximum ?? '' })
  }
  at('prompt').maxLength = property('prompt').maxLength ?? -1
  fill(noted('form') ?? {})
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
  if (TEXTS.concat(NUMBERS).some(name => at(name).closest('#more') && at(name).value !== '')) at('more').open = true
  remember()
  hints()
}

export function content() {
  return Object.fromEntries(FIELDS.map(name => [name, at(name).value]).filter(([, value]) => value !== ''))
}

export const remember = () => note('form', content())

/** The model that a job with so many pictures would go to, as far as that can be told here. */
export function model(images) {
  const named = models.find(one => one.name === at('model').value)
  return named ?? models.find(one => (images > 0 ? one.can.edit : one.can.draw)) ?? models[0]
}

export const canFill = () => {
  const named = models.find(one => one.name === at('model').value)
  return named ? named.can.fill : models.some(one => one.can.fill)
}

export const canTakePictures = () => models.length === 0 || models.some(one => one.most_images > 0)

/** Shows what the model takes where a field is empty. */
export function hints(images = 0) {
  const defaults = model(images)?.defaults
  at('num_inference_steps').placeholder = defaults?.num_inference_steps ?? ''
  at('guidance_scale').placeholder = defaults?.guidance_scale ?? ''
  at('true_cfg_scale').placeholder = defaults?.true_cfg_scale ?? ''
}

/** The input of the job that the form asks for, without its pictures. */
export function input() {
  const result = {}
  for (const name of TEXTS) if (at(name).value !== '') result[name] = at(name).value
  for (const name of NUMBERS) if (at(name).value !== '') result[name] = Number(at(name).value)
  const seed = at('seed').value.trim()
  if (seed !== '') result.seed = /^-?\d{1,15}$/.test(seed) ? Number(seed) : seed
  if (result.loras) result.loras = [{ path: result.loras, scale: result.lora_scale ?? 1 }]
  delete result.lora_scale
  return result
}

/** Fields whose text is no number, or none that the field takes, in the worker's way of saying it; empty if there is none. */
export function faults() {
  const found = []
  for (const name of NUMBERS) {
    const field = at(name)
    if (field.validity.badInput) found.push(`${name}: must be a number`)
    else if (field.validity.rangeUnderflow || field.validity.rangeOverflow) found.push(`${name}: must be from ${field.min} to ${field.max}, not ${field.value}`)
  }
  const seed = at('seed').value.trim()
  if (seed !== '' && !/^-?\d+$/.test(seed)) found.push('seed: must be a whole number')
  return found.join('; ')
}

/** Shows what the worker says against a job, each fault at its field; puts the reader to the first of them. */
export function complain(message) {
  forgive()
  const rest = []
  let first = null
  for (const fault of message.split(/; (?=[a-z_]+(?:\[\d+\])?[\w.]*: )/)) {
    const [, name, rule] = /^([a-z_]+?)(?:_\d+)?(?:\[\d+\])?(?:\.\w+)*: (.*)$/s.exec(fault) ?? []
    const place = name && (at(name)?.form === at('form') ? name : at(`${ELSEWHERE[name] ?? name}-field`) ? `${ELSEWHERE[name] ?? name}` : ELSEWHERE[name])
    if (!place || !show(place, rule)) rest.push(fault)
    else first ??= place
  }
  at('form-error').textContent = rest.join('; ')
  const target = at(first === 'images' ? 'choose' : first) ?? null
  if (target?.closest('details')) target.closest('details').open = true
  target?.focus()
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
