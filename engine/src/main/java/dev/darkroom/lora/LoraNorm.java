package dev.darkroom.lora;

import dev.darkroom.weights.file.SafetensorsFile.Entry;

/**
 * A weight of a LoRA file that takes the place of a norm's.
 *
 * @param norm its name in the checkpoint
 */
record LoraNorm(String role, String norm, Entry weight) {}
