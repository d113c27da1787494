package dev.darkroom.client;

import java.util.Map;

/**
 * How many jobs and workers there are.
 *
 * @param jobs by their state: {@code inQueue}, {@code inProgress}, {@code completed}, {@code failed}, {@code retried}
 * @param workers by what they do: {@code idle}, {@code running} and others
 */
public record Health(Map<String, Integer> jobs, Map<String, Integer> workers) {}
