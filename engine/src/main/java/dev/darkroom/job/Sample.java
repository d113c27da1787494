package dev.darkroom.job;

/**
 * One picture of a job.
 *
 * @param index its place among the job's pictures, from 0
 * @param promptIndex the place of its prompt among the job's prompts, from 0
 */
public record Sample(int index, int promptIndex, String prompt, long seed) {}
