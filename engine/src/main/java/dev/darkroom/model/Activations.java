package dev.darkroom.model;

/**
 * Bytes that the networks of a run take at their peaks beside their weights, each with all that is alive while it computes. They compute
 * one after another, so that a run takes the largest of these.
 *
 * @param textEncoder of the text encoders, one after another
 * @param transformer of a pass of the transformer
 * @param vae of encoding and decoding whole pictures
 * @param vaeInBands of the same in the smallest bands of rows that the autoencoder turns to where it has less room
 * @param kept of what lives from job to job or all through one: encodings, LoRAs
 */
public record Activations(long textEncoder, long transformer, long vae, long vaeInBands, long kept) {
    /** Nothing is computed. */
    public static final Activations NONE = new Activations(0, 0, 0, 0, 0);

    /** Bytes at the peak of a network with this role. */
    public long of(Resident.Role role, boolean inBands) {
        return switch (role) {
            case TEXT_ENCODER -> textEncoder;
            case TRANSFORMER -> transformer;
            case VAE -> inBands ? vaeInBands : vae;
        };
    }

    /** Returns the same with so many more bytes that are kept. */
    public Activations keeping(long bytes) {
        return new Activations(textEncoder, transformer, vae, vaeInBands, kept + bytes);
    }
}
