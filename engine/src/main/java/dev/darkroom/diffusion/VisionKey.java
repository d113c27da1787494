package dev.darkroom.diffusion;

/**
 * Key of a picture's cached tokens from the text encoder's vision tower.
 *
 * @param adaptedBy the LoRAs that are on the text encoder; empty for none
 */
public record VisionKey(PictureKey picture, String adaptedBy) {}
