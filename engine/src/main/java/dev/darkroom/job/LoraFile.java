package dev.darkroom.job;

import java.nio.file.Path;

/**
 * A LoRA that lies on this machine.
 *
 * @param identity another one if the file's content is another
 * @param name for callers: the file's name without its folder or its URL's host
 * @param scale how much of it is added
 */
public record LoraFile(Path file, String identity, String name, double scale) {}
