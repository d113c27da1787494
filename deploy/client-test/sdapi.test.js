// Requests of the shapes that Open WebUI and SillyTavern send to stable-diffusion-webui, to a worker at home.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const worker = process.env.WORKER ?? 'http://127.0.0.1:8000'
const at = path => `${worker}/sdapi/v1/${path}`
const example = name => readFileSync(new URL(`../../test-payloads/images/${name}.png`, import.meta.url)).toString('base64')

const get = async path => (await fetch(at(path))).json()
async function post(path, body) {
  const answer = await fetch(at(path), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  return { status: answer.status, ...(await answer.json()) }
}

async function runsync(input) {
  const answer = await fetch(`${worker}/runsync`, { method: 'POST', body: JSON.stringify({ input: { return: 'base64', ...input } }) })
  const { output, error } = await answer.json()
  return output?.images[0].image ?? assert.fail(error)
}

async function until(condition) {
  for (let i = 0; i < 1200; i++) {
    if (await condition()) {
      return
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail('it stays as it is')
}

test('what front ends read when they connect is there', async () => {
  assert.equal((await get('options')).sd_model_checkpoint, 'pocket-flux')
  assert.deepEqual((await get('sd-models')).slice(0, 2).map(model => model.title), ['pocket-flux', 'pocket-qwen-edit'])
  assert.deepEqual((await get('samplers')).map(sampler => sampler.name), ['Euler'])
  assert.equal((await get('schedulers'))[0].name, 'automatic')
  assert.ok((await get('loras')).every(lora => lora.name && lora.path))
  for (const path of ['upscalers', 'latent-upscale-modes', 'sd-vae', 'sd-modules']) {
    assert.deepEqual(await get(path), [])
  }
})

test('Open WebUI: the model is set with all options sent back, then a picture drawn', async () => {
  const options = await get('options')
  assert.equal((await post('options', { ...options, sd_model_checkpoint: 'pocket-flux' })).status, 200)
  const asked = { prompt: 'a red circle', batch_size: 1, width: 256, height: 256, steps: 2, negative_prompt: 'blurry', cfg_scale: 7, sampler_name: 'DPM++ 2M', scheduler: 'Karras', seed: 7 }
  const { status, images, parameters, info } = await post('txt2img', asked)
  assert.equal(status, 200)
  assert.deepEqual(parameters, asked)
  const told = JSON.parse(info)
  assert.deepEqual([told.seed, told.all_seeds, told.width], [7, [7], 256])
  for (const field of ['cfg_scale', 'negative_prompt', 'sampler_name', 'scheduler']) {
    assert.ok(told.notes.some(note => note.startsWith(`${field}: `)), field)
  }
  assert.equal(images[0], await runsync({ prompt: 'a red circle', width: 256, height: 256, steps: 2, seed: 7 }))
})

test('SillyTavern: everything that its settings have', async () => {
  const asked = {
    prompt: 'a red circle', negative_prompt: '', sampler_name: 'Euler', scheduler: 'Automatic', steps: 2, cfg_scale: 1, width: 256, height: 256,
    restore_faces: false, enable_hr: false, hr_upscaler: 'Latent', hr_scale: 2, hr_additional_modules: [], denoising_strength: 0.7,
    hr_second_pass_steps: 0, seed: -1, clip_skip: 1, n_iter: 2,
    override_settings: { CLIP_stop_at_last_layers: 1, sd_vae: 'Automatic', forge_additional_modules: [] },
    override_settings_restore_afterwards: true, save_images: true, send_images: true, do_not_save_grid: false, do_not_save_samples: false
  }
  const { status, images, info, detail } = await post('txt2img', asked)
  assert.equal(status, 200, detail)
  assert.equal(images.length, 2)
  const { all_seeds } = JSON.parse(info)
  assert.equal(all_seeds[1], all_seeds[0] + 1)
})

test('a picture is started from another', async () => {
  const start = example('apple')
  const common = { prompt: 'an apple', seed: 3, steps: 2 }
  const { images, detail } = await post('img2img', { ...common, init_images: [start], denoising_strength: 0.6, width: 256, height: 256 })
  assert.ok(images, detail)
  assert.equal(images[0], await runsync({ ...common, image: start, strength: 0.6, width: 256, height: 256, model: 'pocket-flux' }))
  assert.equal((await post('img2img', common)).detail, 'init_images: is missing')
})

test('what asks for another picture than there will be is refused by its name', async () => {
  const wrong = async (fields, message) => {
    const { status, detail } = await post('txt2img', { prompt: 'a', ...fields })
    assert.equal(status, 400)
    assert.match(detail, message)
  }
  await wrong({ enable_hr: true }, /^enable_hr: /)
  await wrong({ alwayson_scripts: { ADetailer: { args: [true] } } }, /^alwayson_scripts: /)
  await wrong({ steps: 0 }, /^steps: must be from 1 to /)
  await wrong({ batch_size: 5, n_iter: 40 }, /^batch_size × n_iter: /)
  await wrong({ prompt: 'a <lora:nothing-like-it:0.8>' }, /^prompt: there is no LoRA nothing-like-it here/)
  await wrong({ override_settings: { sd_model_checkpoint: 'sd_xl' } }, /^override_settings.sd_model_checkpoint: must be one of pocket-flux/)
  await wrong({ stepz: 3 }, /stepz: is no field/)
  assert.equal((await post('options', { sd_model_checkpoint: 'sd_xl' })).status, 400)
})

test('progress is told, and an interrupt ends what is drawn', async () => {
  assert.equal((await get('progress')).state.job_count, 0)
  const drawn = post('txt2img', { prompt: 'a sunset', width: 1024, height: 1024, steps: 200 })
  await until(async () => (await get('progress')).state.sampling_step > 0)
  const { progress, eta_relative, state } = await get('progress')
  assert.ok(progress > 0 && progress < 1 && eta_relative > 0)
  assert.deepEqual([state.job_count, state.sampling_steps], [1, 200])
  assert.equal((await post('interrupt', {})).status, 200)
  const { error } = await drawn
  assert.ok(error)
  assert.equal((await get('progress')).state.job_count, 0)
})
