package dev.darkroom.memory;

/**
 * What the worker means to have outside of Java's heap.
 *
 * @param weights bytes of networks in the host's memory
 * @param work bytes that the largest job so far took beside them on the CPU, which the allocator may keep, and what is kept between jobs
 * @param jobs number of jobs that have ended
 */
public record Held(long weights, long work, long jobs) {}
