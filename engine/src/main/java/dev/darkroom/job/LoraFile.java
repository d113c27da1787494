package dev.darkroom.job;

import java.nio.file.Path;

/**
 * A LoRA whose file is on this machine.
 *
 * @param identity text that differs for files of different content
 * @param name for callers: the file's name without its folder or its URL's host
 * @param scale factor of the LoRA: 1 as it was trained
 */
public record LoraFile(Path file, String identity, String name, double scale) {}
