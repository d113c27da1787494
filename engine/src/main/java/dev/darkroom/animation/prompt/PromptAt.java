package dev.darkroom.animation.prompt;

/**
 * What a frame shows, and what it does not.
 *
 * @param negative empty if nothing is named
 */
public record PromptAt(String positive, String negative) {}
