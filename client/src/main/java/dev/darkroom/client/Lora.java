package dev.darkroom.client;

/**
 * A LoRA on top of the model.
 *
 * @param path a file or folder that the worker allows, a hub's repository, or an http(s) URL
 * @param scale how much of it is added, from −4 to 4
 */
public record Lora(String path, double scale) {
    /** A LoRA that is added as it is. */
    public static Lora of(String path) {
        return new Lora(path, 1);
    }
}
