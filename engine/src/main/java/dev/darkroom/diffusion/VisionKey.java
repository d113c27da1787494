package dev.darkroom.diffusion;

/**
 * A key under which the text encoder's view of a picture is kept.
 *
 * @param adaptedBy the LoRAs that are on the text encoder; empty for none
 */
public record VisionKey(PictureKey picture, String adaptedBy) {}
