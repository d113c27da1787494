package dev.darkroom.job;

/**
 * One picture of a job.
 *
 * @param index place of the picture among the job's pictures, from 0
 * @param promptIndex place of the picture's prompt among the job's prompts, from 0
 */
public record Sample(int index, int promptIndex, String prompt, long seed) {}
