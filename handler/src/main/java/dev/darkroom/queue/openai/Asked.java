package dev.darkroom.queue.openai;

import java.util.List;

/**
 * What an answer has to know of the request while its job is done; the request itself, with its pictures, is the queue's alone by then.
 *
 * @param notes what the caller should know of the fields that were sent
 * @param outputs pictures of each prompt
 * @param pictures of all prompts together
 */
record Asked(List<String> notes, int outputs, int pictures) {}
